"""What the features contribute, held by the application: each part of the kernel names its own kind of contribution."""

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")


class Contribution(Generic[T]):
    """One kind of contribution, such as all jobs: `create_app` installs it, calling it reads it.

    Reading needs an application context; two applications in one process do not share anything.
    """

    def __init__(self, name: str) -> None:
        self._key = f"frontline.{name}"

    def install(self, app: Flask, value: T) -> None:
        """Give the application its value, once, while it is being built."""
        app.extensions[self._key] = value

    def __call__(self) -> T:
        return cast(T, current_app.extensions[self._key])
