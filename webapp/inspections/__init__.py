"""Inspections: a place is checked by a checklist, readings are judged, what is wrong gets a deadline."""
