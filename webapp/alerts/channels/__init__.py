"""The ways out of the app: what a channel sends, where it may lead, and what its answer means."""
