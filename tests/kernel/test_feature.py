"""The Feature object: what it contributes reaches its place, and nothing else does."""

from datetime import timedelta

import pytest

from webapp import FEATURES, create_app
from webapp.kernel import errors, kinds
from webapp.kernel.feature import Feature
from webapp.kernel.jobs import Job

PAUSE = timedelta(hours=1)


def test_two_features_may_not_contribute_the_same_name(built):
    first = Feature(name="first", jobs=(Job("tidy", "tidy", PAUSE, str),))
    second = Feature(name="second", jobs=(Job("tidy", "tidy", PAUSE, str),))
    create_app(built.config["SETTINGS"], (*FEATURES, first))
    with pytest.raises(ValueError, match=r"jobs 'tidy'"):
        create_app(built.config["SETTINGS"], (*FEATURES, first, second))


@pytest.mark.parametrize("part", ["standing_finder", "hub", "sign_in"])
def test_exactly_one_feature_contributes_what_exists_once(built, part):
    finder = next(feature for feature in FEATURES if getattr(feature, part))
    rival = Feature(name="rival", **{part: getattr(finder, part)})
    with pytest.raises(ValueError, match=rf"{part}, not: {finder.name}, rival"):
        create_app(built.config["SETTINGS"], (*FEATURES, rival))
    without = tuple(feature for feature in FEATURES if feature is not finder)
    with pytest.raises(ValueError, match="not: none"):
        create_app(built.config["SETTINGS"], without)


def test_applications_share_no_contribution(built):
    more = create_app(built.config["SETTINGS"], (*FEATURES, Feature(name="one", refusals={"one-only": "x"})))
    plain = create_app(built.config["SETTINGS"])
    with more.app_context():
        assert "one-only" in errors.catalogue()
    with plain.app_context():
        assert "one-only" not in errors.catalogue()
        assert "inspection" in kinds.kinds()
