"""What people write by hand, read in one way everywhere: numbers, days, codes and lot numbers.

Each module has a twin in static/js/parse/ for the device; tests/parse/*.json hold both to the same cases.
"""
