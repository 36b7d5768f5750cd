"""Parsers of typed, scanned and imported text: numbers, days, codes and lot numbers.

Each module has a counterpart in static/js/parse/; the cases in tests/parse/*.json run against both.
"""
