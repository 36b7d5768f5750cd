"""The slip on the counter's page: its draft, scans, lines, and the questions before it is recorded."""
