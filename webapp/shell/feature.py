"""The contributions of the app shell."""

from webapp.kernel.feature import Feature
from webapp.shell.views import bp

FEATURE = Feature(name="shell", blueprint=bp)
