"""Statutory limits as data, and the judgement of readings against them."""
