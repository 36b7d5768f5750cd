"""A process that posts one form to a live server, at the same moment as other processes."""

import http.client
import json
import re
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def ask(port, method, path, fields=None, cookie=""):
    """Send one request on a new connection; returns status, headers and text."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = FORM | ({"Cookie": cookie} if cookie else {})
    try:
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def token_in(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def cookie_of(headers):
    return "; ".join(cookie.split(";")[0] for cookie in headers.get_all("Set-Cookie", []))


def sign_in(port, username, password):
    """Sign in through the page; returns the cookie of the session."""
    _status, headers, page = ask(port, "GET", "/sign-in")
    fields = {"username": username, "password": password, "csrf_token": token_in(page)}
    status, headers, page = ask(port, "POST", "/sign-in", fields, cookie_of(headers))
    assert status == 303, page
    return cookie_of(headers)


def post(port, path, fields, cookie, gate, done):
    """Wait for the other processes, then post; puts (status, Location) into `done`."""
    gate.wait(60)
    status, headers, _page = ask(port, "POST", path, fields, cookie)
    done.put((status, headers.get("Location")))


def send(port, method, path, body, headers, gate, done):
    """The same for a call of a device with bytes as its body; puts (status, JSON) into `done`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    gate.wait(60)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        done.put((answer.status, json.loads(answer.read())))
    finally:
        connection.close()
