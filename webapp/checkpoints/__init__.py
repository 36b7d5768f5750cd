"""Checkpoints: arrivals with their decisions, departures, and the people inside."""
