"""Figures as pages: a catalogue of every number, and each with its days, units, places and trend."""
