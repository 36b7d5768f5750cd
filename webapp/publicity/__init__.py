"""The publicity log: posters, banners, broadcasts and other means, with count, place and period."""
