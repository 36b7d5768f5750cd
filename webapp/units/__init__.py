"""Units and task forces, with their members, leaders and persons responsible."""
