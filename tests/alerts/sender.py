"""A sender in a process of its own, which a test kills."""

from webapp import create_app
from webapp.alerts import service


def send(settings, at):
    app = create_app(settings)
    app.config["INSIDE_CHANNELS"] = True
    with app.app_context():
        service.deliver(at)
