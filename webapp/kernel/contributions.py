"""Storage for contributions of the features, per application. Each module of the kernel names its own kind."""

from typing import Generic, TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")


class Contribution(Generic[T]):
    """One kind of contribution, such as all jobs: `create_app` installs the value, a call returns it.

    A call needs an application context; two applications in one process share nothing.
    """

    def __init__(self, name: str) -> None:
        self._key = f"frontline.{name}"

    def install(self, app: Flask, value: T) -> None:
        """Store the application's value, once, while it is being built."""
        app.extensions[self._key] = value

    def __call__(self) -> T:
        return cast(T, current_app.extensions[self._key])
