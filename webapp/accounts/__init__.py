"""Persons with their roles and scopes; sign-in and sign-out."""
