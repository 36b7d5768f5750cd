"""Persons, their roles and scopes, signing in and out."""
