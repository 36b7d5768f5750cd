"""Alerts: rules watch deadlines and figures, a watcher raises and closes, channels carry the word outside the app."""
