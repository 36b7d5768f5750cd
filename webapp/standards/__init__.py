"""Statutory limits as data, and what a reading means against them."""
