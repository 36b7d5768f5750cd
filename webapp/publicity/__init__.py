"""The publicity log: what was posted, hung, shown and sent out, how much of it, where, from when to when."""
