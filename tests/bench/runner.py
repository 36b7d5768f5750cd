"""A small load: some threads, a kept-alive connection each, a bounded number of requests and seconds."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
MARGIN_SECONDS = 30


@dataclass(frozen=True)
class Result:
    """What came of a load; times in milliseconds, sorted."""

    took_seconds: float
    times: tuple[float, ...]
    wrong: tuple[str, ...]

    @property
    def row(self):
        """Requests, a second, median, p95, worst."""
        p95 = self.times[min(int(len(self.times) * 0.95), len(self.times) - 1)]
        return len(self.times), len(self.times) / self.took_seconds, statistics.median(self.times), p95, self.times[-1]


def load(port, cookie, ask, *, threads=8, requests=400, seconds=10, good=(200, 303)):
    """Send `ask(number)` -> (method, path, fields or None) until either bound is reached."""
    numbers, lock = iter(range(requests)), threading.Lock()
    times, wrong, began = [], [], time.perf_counter()

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MARGIN_SECONDS)
        while time.perf_counter() - began < seconds:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            method, path, fields = ask(number)
            body = urlencode(fields) if fields else None
            sent = time.perf_counter()
            connection.request(method, path, body, FORM | {"Cookie": cookie})
            answer = connection.getresponse()
            text = answer.read()
            times.append((time.perf_counter() - sent) * 1000)
            if answer.status not in good:
                wrong.append(f"{method} {path}: {answer.status} {text[:200]!r}")
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(seconds + MARGIN_SECONDS)
    return Result(time.perf_counter() - began, tuple(sorted(times)), tuple(wrong))
