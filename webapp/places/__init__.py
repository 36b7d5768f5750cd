"""Places of every kind: what they are, whose they are, and what may be done there."""
