"""The server with one more layer: a request may ask that the process ends after its work and before its answer.

`python -m tests.faults.dying serve`; the product knows nothing of it.
"""

import os
import sys

from webapp.operations import serving, starting

HEADER = "HTTP_END_BEFORE_ANSWER"


def ending(application):
    """Does all of a request, then, where it asks for that, ends the process with the answer untold."""

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
