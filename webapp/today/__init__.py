"""Today: what is due, what is wrong, what to press next. Also Me, the scan box and the health check."""
