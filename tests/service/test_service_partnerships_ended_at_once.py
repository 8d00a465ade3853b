"""A school or a hub that leaves while a match is made leaves none behind: it is told to look."""

from collections.abc import Callable
from typing import Any

import pytest

from at_once import at_once
from invented import AT, ON
from partnering import LEAD, SECOND_LEAD, a_round, of, state_of, world
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.publishing import publish
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing import ending, extending
from schoolhubs.service.partnerships.models import LIVE, Partnership

WHO: dict[str, Any] = {"by": "ada", "at": AT, "place": "tests", "organisation": "office:1"}
URN = "900001"
Making = Callable[[pytest.MonkeyPatch], Callable[[], Any]]


def withdraw() -> None:
    ours = Application.objects.get(urn=URN)
    actions.leave(ours, "withdrawn", reason="", version=ours.version, **WHO)


def step_down() -> None:
    actions.step_down(Hub.objects.get(lead_urn=SECOND_LEAD), on=ON, reason="A new head", **WHO)


def to_publish(first_lead: str) -> Callable[[], Any]:
    """Give the publication of a round that moves the school to the second hub."""
    snapshot, _ = world({URN: first_lead})
    newer = a_round(snapshot, {URN: SECOND_LEAD})
    return lambda: publish(newer, reason="Agreed", **WHO)


def publish_moved(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    return to_publish(LEAD)


def publish_first(_: pytest.MonkeyPatch) -> Callable[[], Any]:
    return to_publish("")


def agree_a_further_year(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Give the office's yes to a further year of the school with the second hub."""
    world({URN: SECOND_LEAD})
    monkeypatch.setattr(extending, "extra_terms", lambda each: 3 if each.year == 1 else 0)
    for side in ("partner", "lead"):
        one = of(URN)
        actions.answer(one, side=side, says="accepts", version=one.version, **WHO)
    for side in ("partner", "lead"):
        request = actions.ask_for_more(of(URN), side=side, reason="More", **WHO)
    return lambda: actions.decide_more(request, is_agreed=True, reason="Yes", **WHO)


def left_behind() -> list[Partnership]:
    """Give what lives though its school has withdrawn, or its hub ended."""
    gone = Hub.objects.filter(finished_on__isnull=False).values_list("lead_urn", flat=True)
    live = list(Partnership.objects.filter(state__in=LIVE).order_by("pk"))
    return [each for each in live if each.lead_urn in gone or state_of(URN) == "withdrawn"]


RACES = [
    (publish_moved, withdraw), (agree_a_further_year, withdraw), (publish_moved, step_down),
    (publish_first, step_down), (agree_a_further_year, step_down),
]  # fmt: skip


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("making", "leave"), RACES)
def test_whoever_leaves_while_a_match_is_made_is_told_to_look_again(
    making: Making, leave: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = making(monkeypatch)
    refused = at_once(make, leave)
    assert len(refused) == 1
    assert "Another match was made at the same moment. Nothing was changed" in refused[0]
    assert left_behind() == []
    assert of(URN).state in LIVE
    assert state_of(URN) == ("agreed" if making is agree_a_further_year else "matched")
    leave()  # having looked
    assert left_behind() == []
    assert not Partnership.objects.filter(state__in=LIVE).exists()


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(("making", "leave"), RACES)
def test_without_the_second_look_a_match_would_be_left_behind(
    making: Making, leave: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = making(monkeypatch)
    monkeypatch.setattr(ending, "refuse_more", lambda _: None)
    assert at_once(make, leave) == []
    assert len(left_behind()) == 1
