"""The demonstration district, generated from a fixed random seed. Not used in production."""
