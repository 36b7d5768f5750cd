"""The journal as auditors and administrators read it: who did what to what, from where, and whether it still holds."""
