"""Inspections: a place is checked by a checklist, readings are judged, findings get a deadline."""
