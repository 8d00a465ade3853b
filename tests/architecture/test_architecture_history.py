"""Every row that may change has a history, or a reason why not."""

from importlib import resources

import pytest
import yaml

pytest.importorskip("django")

from django.apps import apps
from django.db import models

from schoolhubs.service.history import keeping


def unkept(found: list[type[models.Model]], excused: set[str]) -> list[str]:
    """Name the models of the service that nothing is said of."""
    return sorted(
        model._meta.label
        for model in found
        if model.__module__.startswith("schoolhubs.service.")
        and not hasattr(model, "pgh_tracked_model")
        and not hasattr(model, keeping.MARK)
        and model._meta.label not in excused
    )


def reasons() -> dict[str, str]:
    text = resources.files("schoolhubs.service.history").joinpath("without.yaml").read_text()
    return dict(yaml.safe_load(text))


def test_every_model_has_a_history_or_a_reason() -> None:
    missing = unkept(apps.get_models(), set(reasons()))
    assert not missing, (
        f"{', '.join(missing)}: mark with with_history or written_once "
        "(schoolhubs.service.history.keeping), or say why not in history/without.yaml"
    )


def test_a_model_left_out_would_be_seen() -> None:
    assert unkept(apps.get_models(), set(reasons()) - {"jobs.Work"}) == ["jobs.Work"]


def test_every_reason_is_of_a_model_that_needs_one() -> None:
    for label, reason in reasons().items():
        assert not hasattr(apps.get_model(label), keeping.MARK), label
        assert len(reason) > 40, label
