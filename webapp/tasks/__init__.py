"""Assignments: what a leader gives to a unit, a task force or a person, and how it is done, checked and closed."""
