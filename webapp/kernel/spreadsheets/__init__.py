"""Spreadsheets: reading what people upload, importing it after a preview, and writing exports."""
