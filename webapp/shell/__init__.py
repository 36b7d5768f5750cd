"""What makes it an app: manifest, service worker, offline page. None of it reads or sets a cookie."""
