"""Preferences of the district: its name, the disease, thresholds, risk areas and the regime in force."""
