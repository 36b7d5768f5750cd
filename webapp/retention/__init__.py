"""Purging of personal data: due records at night, one record on request, and a certificate of each run."""
