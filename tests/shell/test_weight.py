"""What a browser without a cache fetches for a main page stays small: budgets of bytes and requests."""

import shutil

import pytest

from tests.bench.pages import COLD, opened, signed_in, weight

MOST_KB, MOST_REQUESTS = 60, 45


@pytest.fixture(scope="module")
def district(demo_template, tmp_path_factory):
    instance = tmp_path_factory.mktemp("weighed") / "instance"
    shutil.copytree(demo_template, instance)
    return opened(instance)


@pytest.mark.parametrize(("role", "path"), COLD)
def test_a_cold_page_is_small(district, role, path):
    size, requests = weight(signed_in(district, role), path)
    assert 30 < size <= MOST_KB, "kB compressed"
    assert 20 < requests <= MOST_REQUESTS
