"""The app shell: manifest, service worker and offline pages. None of it reads or sets a cookie."""
