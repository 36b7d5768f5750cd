"""Delivery later: devices, the post office for sealed entries, and what people do with what could not be applied."""
