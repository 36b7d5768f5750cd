"""The slip that builds up on a page: its draft, what scans do to it, its lines, what is asked before it is booked."""
