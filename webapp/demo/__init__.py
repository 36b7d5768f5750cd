"""The demonstration district: one fixed random seed, the same district every time. Nothing here runs in production."""
