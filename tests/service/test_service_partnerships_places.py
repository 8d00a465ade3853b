"""A hub's places are those of the plan that proposed the match, and are not promised twice."""

import re
from typing import Any

import pytest

from invented import AT
from partnering import LEAD, a_round, of, published, world
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing import places
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.rules import RulesAsAt
from signing import signed_in

WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
URNS = [f"90{n:04}" for n in range(100, 110)]


def agreed(urn: str) -> Partnership:
    for side in ("lead", "partner"):
        one = of(urn)
        actions.answer(one, side=side, says="accepts", version=one.version, **WHO)
    return of(urn)


def places_shown() -> list[tuple[int, ...]]:
    """Give places, taken and left of each term, as the lead's page has them."""
    page = signed_in(Role.LEAD_SCHOOL, urn=LEAD).get("/hub").content.decode()
    table = page.split("Places on the Enhanced pathway, term by term")[1].split("</table>")[0]
    cells = [int(each) for each in re.findall(r"numeric\">(\d+)</td>", table)]
    return [tuple(cells[n : n + 3]) for n in range(0, len(cells), 3)]


@pytest.mark.django_db
@pytest.mark.parametrize("n_places", [2, 9])
def test_a_published_what_if_gives_the_places_it_was_worked_out_with(n_places: int) -> None:
    urns = URNS[: n_places + 1]
    snapshot, _ = world(dict.fromkeys(urns, ""))
    tried = a_round(snapshot, dict.fromkeys(urns[:-1], LEAD), places_per_lead=n_places)
    published(tried)
    assert set(places_shown()) == {(n_places, 0, n_places)}
    for urn in urns[:-1]:
        assert agreed(urn).state == "agreed"
    assert set(places_shown()) == {(n_places, n_places, 0)}
    late = Partnership(
        programme_id=tried.programme_id, cohort_id=tried.cohort_id, partner_urn=urns[-1],
        lead_urn=LEAD, pathway="enhanced", starts_on=of(urns[0]).starts_on, round=tried,
        finishes_on=of(urns[0]).finishes_on, proposed_at=AT, proposed_by="ada",
    )  # fmt: skip
    late.save()
    with pytest.raises(Conflict, match=f"{n_places} of {n_places} are taken"):
        agreed(urns[-1])


@pytest.mark.django_db
def test_by_the_definition_alone_the_seventh_would_be_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def by_definition(one: Partnership) -> RulesAsAt:
        return programmes.load(one.programme_id).as_at(one.starts_on)

    snapshot, _ = world(dict.fromkeys(URNS[:7], ""))
    published(a_round(snapshot, dict.fromkeys(URNS[:7], LEAD), places_per_lead=9))
    monkeypatch.setattr(places, "rules_for", by_definition)
    for urn in URNS[:6]:
        agreed(urn)
    with pytest.raises(Conflict, match="6 of 6 are taken"):
        agreed(URNS[6])
    assert set(places_shown()) == {(6, 6, 0)}


@pytest.mark.django_db
def test_what_the_hub_stated_and_the_definition_count_as_before() -> None:
    snapshot, _ = world({URNS[0]: LEAD})
    rules = programmes.load(of(URNS[0]).programme_id).as_at(of(URNS[0]).starts_on)
    by_definition = rules.pathway("enhanced").places_per_lead
    assert set(places_shown()) == {(by_definition, 0, by_definition)}
    published(a_round(snapshot, {URNS[0]: LEAD}, places_per_lead=9))
    assert set(places_shown()) == {(9, 0, 9)}
    Hub.objects.filter(lead_urn=LEAD).update(places={"enhanced": 1})
    assert set(places_shown()) == {(1, 0, 1)}
