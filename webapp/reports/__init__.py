"""The daily and zero report: who owes what by when, what the records count, what was signed, what is missing."""
