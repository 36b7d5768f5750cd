"""Units and task forces: who belongs where, who leads, who answers."""
