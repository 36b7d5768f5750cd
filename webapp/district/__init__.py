"""The district's own choices: its name, the disease, thresholds, risk areas and the regime in force."""
