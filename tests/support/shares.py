"""Which cases of a test the usual run takes; --long takes all."""

import pytest


def usual_and_long(usual, others):
    """The cases of a parametrized test: those of the usual run, and the others, which run with --long."""
    in_long = [pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.long) for case in others]
    return [*usual, *in_long]
