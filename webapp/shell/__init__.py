"""What makes it an app: manifest, service worker, offline page. None of it reads or sets a cookie."""

from webapp.shell.views import bp

__all__ = ["bp"]
