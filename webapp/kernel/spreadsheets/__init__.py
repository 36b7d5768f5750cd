"""Spreadsheets: reading uploads, importing them after a preview, and writing exports."""
