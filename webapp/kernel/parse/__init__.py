"""What people write by hand, read in one way everywhere: numbers and days.

Each module has a twin in static/js/parse/ for the device; tests/parse/*.json hold both to the same cases.
"""
