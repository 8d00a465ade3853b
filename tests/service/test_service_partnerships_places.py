"""A hub's places are those of the plan that proposed the match, and are not promised twice."""

import re
from typing import Any

import pytest
from django.db.models import F

from at_once import at_once
from invented import AT, PROGRAMME
from partnering import LEAD, SECOND_LEAD, a_round, agreed, of, published, term_day, world
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching import publishing
from schoolhubs.service.matching.models import Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing import pairs, places
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.rules import RulesAsAt
from signing import signed_in

# A lead that has accepted already says so once more, before its partner does.
LEAD_FIRST = ("lead", "partner")
WHO: dict[str, Any] = {"by": "ada", "organisation": "office:1", "at": AT, "place": "tests"}
URNS = [f"90{n:04}" for n in range(100, 110)]


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
        assert agreed(urn, sides=LEAD_FIRST).state == "agreed"
    assert set(places_shown()) == {(n_places, n_places, 0)}
    late = Partnership(
        programme_id=tried.programme_id, cohort_id=tried.cohort_id, partner_urn=urns[-1],
        lead_urn=LEAD, pathway="enhanced", starts_on=of(urns[0]).starts_on, round=tried,
        finishes_on=of(urns[0]).finishes_on, proposed_at=AT, proposed_by="ada",
    )  # fmt: skip
    late.save()
    with pytest.raises(Conflict, match=f"{n_places} of {n_places} are taken"):
        agreed(urns[-1], sides=LEAD_FIRST)


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
        agreed(urn, sides=LEAD_FIRST)
    with pytest.raises(Conflict, match="6 of 6 are taken"):
        agreed(URNS[6], sides=LEAD_FIRST)
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


# -- a place is not promised twice -------------------------------------------------------------

FIRST, OTHER, THIRD = URNS[:3]


def a_plan_without(n_places: int) -> Round:
    """Give a plan, not published yet, that has a hub's places for others than the published one."""
    snapshot, _ = world({FIRST: LEAD, OTHER: "", THIRD: ""}, n_places=n_places)
    return a_round(snapshot, {FIRST: "", OTHER: LEAD, THIRD: LEAD if n_places > 1 else ""})


def publish(round_: Round) -> None:
    publishing.publish(round_, by="ada", at=AT, place="tests", reason="Agreed")


@pytest.mark.django_db
@pytest.mark.parametrize("n_places", [1, 2])
def test_a_plan_is_refused_whose_places_were_taken_since(n_places: int) -> None:
    plan = a_plan_without(n_places)
    assert publishing.preview(plan).broken == ()
    lasting = {"finishes_on": term_day(2098, 1), "version": F("version") + 1}
    Partnership.objects.filter(partner_urn=FIRST).update(**lasting)  # into whatever day is today's
    agreed(FIRST, sides=LEAD_FIRST)
    said = f"1 of {n_places} Enhanced places at the hub in the spring term 2026 are taken, and the "
    with pytest.raises(Conflict, match=f"{said}round gives away {n_places}"):
        publish(plan)
    assert [Application.objects.get(urn=urn).state for urn in (OTHER, THIRD)] == ["waiting"] * 2
    assert len(publishing.preview(plan).broken) == n_places, "the page says it before"
    page = signed_in(Role.OFFICE_ADMINISTRATOR).get(f"/office/rounds/{plan.pk}/publish")
    assert f"School {OTHER} (URN {OTHER}) with School {LEAD}" in page.content.decode()
    assert "a hub in it that it cannot be proposed any more" in page.content.decode()


@pytest.mark.django_db
def test_a_plan_is_refused_whose_hub_has_fewer_places_now() -> None:
    plan = a_plan_without(2)
    Hub.objects.filter(lead_urn=LEAD).update(places={"enhanced": 1})
    with pytest.raises(Conflict, match=r"0 of 1 Enhanced places .* gives away 2"):
        publish(plan)


@pytest.mark.django_db
def test_places_that_suffice_break_nothing() -> None:
    plan = a_plan_without(3)
    agreed(FIRST, sides=LEAD_FIRST)
    publish(plan)
    assert {of(urn).state for urn in (OTHER, THIRD)} == {"proposed"}
    assert publishing.preview(plan).broken == (), "what is proposed already is not counted twice"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "n_broken"),
    [
        ({}, 1),
        ({"starts_on": term_day(2098, 1), "finishes_on": term_day(2099, 1)}, 0),
        ({"pathway": "regional"}, 0),
        ({"lead_urn": SECOND_LEAD}, 0),
    ],
)
def test_a_place_counts_at_its_hub_on_its_pathway_in_its_terms(
    change: dict[str, Any], n_broken: int
) -> None:
    plan = a_plan_without(1)
    told = {
        "programme_id": PROGRAMME, "cohort_id": "2024-25-summer", "partner_urn": "900200",
        "lead_urn": LEAD, "pathway": "enhanced", "starts_on": term_day(2025, 4),
        "finishes_on": term_day(2098, 1), "proposed_at": AT, "proposed_by": "ada", **change,
    }  # fmt: skip
    Partnership.objects.create(**told)
    agreed("900200", sides=LEAD_FIRST)
    assert len(publishing.preview(plan).broken) == n_broken


@pytest.mark.django_db
def test_without_the_count_a_full_hub_would_be_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = a_plan_without(1)
    agreed(FIRST, sides=LEAD_FIRST)
    monkeypatch.setattr(pairs, "too_full", lambda *_: None)
    publish(plan)
    assert (of(OTHER).state, of(OTHER).lead_urn) == ("proposed", LEAD)
    with pytest.raises(Conflict, match="1 of 1 are taken"):
        agreed(OTHER, sides=LEAD_FIRST)


@pytest.mark.usefixtures("own_database")
def test_a_plan_published_while_the_last_place_is_taken_is_refused() -> None:
    plan = a_plan_without(1)
    one = of(FIRST)
    actions.answer(one, side="lead", says="accepts", version=one.version, **WHO)
    refused = at_once(lambda: agreed(FIRST, sides=LEAD_FIRST), lambda: publish(plan))
    assert ["1 of 1 Enhanced places" in each for each in refused] == [True]
    assert (of(FIRST).state, Partnership.objects.count()) == ("agreed", 1)


@pytest.mark.usefixtures("own_database")
def test_the_last_place_is_not_taken_while_a_plan_is_published_that_gives_it_away() -> None:
    plan = a_plan_without(1)
    one = of(FIRST)
    actions.answer(one, side="lead", says="accepts", version=one.version, **WHO)
    refused = at_once(lambda: publish(plan), lambda: agreed(FIRST, sides=LEAD_FIRST))
    assert ["Nothing was changed" in each or "Nothing of" in each for each in refused] == [True]
    assert (of(FIRST).state, of(OTHER).state) == ("superseded", "proposed")
