"""Places of every kind, with their units and the actions that are offered there."""
