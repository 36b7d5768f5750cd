"""The server with a WSGI layer that ends the process after the work of a request and before its answer.

`python -m tests.faults.dying serve`; the product does not know it.
"""

import os
import sys

from webapp.operations import serving, starting

HEADER = "HTTP_END_BEFORE_ANSWER"


def ending(application):
    """Process the request; if it has HEADER, end the process without an answer."""

    def layer(environ, start_response):
        answer = application(environ, start_response)
        if HEADER in environ:
            b"".join(answer)
            os._exit(1)
        return answer

    return layer


def main():
    app = starting.application()
    app.wsgi_app = ending(app.wsgi_app)
    serving.serve(app, app.config["SETTINGS"], when_ready=lambda: None)


if __name__ == "__main__":
    sys.exit(main())
