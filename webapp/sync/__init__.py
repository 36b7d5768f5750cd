"""Deferred delivery: devices, the reception of sealed entries, and the handling of entries that cannot be applied."""
