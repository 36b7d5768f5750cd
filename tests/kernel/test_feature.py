"""The Feature object: what it contributes reaches its place, and nothing else does."""

from datetime import timedelta

import pytest

from webapp import FEATURES, create_app
from webapp.kernel import errors, kinds
from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job

PAUSE = timedelta(hours=1)


def test_two_features_may_not_contribute_the_same_name(built):
    one = Feature(name="one", jobs=(Job("tidy", "tidy", PAUSE, str),))
    two = Feature(name="two", jobs=(Job("tidy", "tidy", PAUSE, str),))
    create_app(built.config["SETTINGS"], (*FEATURES, one))
    with pytest.raises(ValueError, match=r"jobs 'tidy'"):
        create_app(built.config["SETTINGS"], (*FEATURES, one, two))


def test_applications_share_no_contribution(built):
    more = create_app(built.config["SETTINGS"], (*FEATURES, Feature(name="one", refusals={"one-only": "x"})))
    plain = create_app(built.config["SETTINGS"])
    with more.app_context():
        assert "one-only" in errors.catalogue()
    with plain.app_context():
        assert "one-only" not in errors.catalogue()
        assert "inspection" in kinds.kinds()
