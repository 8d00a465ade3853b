"""Each turn of a partnership is written to both of its schools, once."""

import datetime
import time
from typing import Any

import pytest
from django.db.models import F

from invented import AT, ON, PROGRAMME, facts, register
from partnering import LEAD, OFFICE, SECOND_LEAD, a_round, applied, of, published, world
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.web.pages import day

DAY = datetime.timedelta(days=1)
WHO: dict[str, Any] = {"organisation": "school:1", "at": AT, "place": "/match"}
HEAD: dict[str, Any] = {"side": "partner", "by": "head", **WHO}
HUB: dict[str, Any] = {"side": "lead", "by": "lead", **WHO}
OFFICER: dict[str, Any] = {**OFFICE, "organisation": "office:1"}
PARTNER, HUB_KEY, SECOND_KEY = "school:900001", f"school:{LEAD}", f"school:{SECOND_LEAD}"


def answered(says: str, who: dict[str, Any], *reasons: str) -> Partnership:
    one = of("900001")
    return actions.answer(one, says=says, reasons=reasons, version=one.version, **who)


def newest(n: int) -> list[tuple[str, str]]:
    """Give kind and organisation of the last letters written, in order."""
    rows = Letter.objects.order_by("-pk").values_list("kind", "organisation")[:n]
    return list(rows)[::-1]


def facts_of(kind: str, organisation: str) -> dict[str, str]:
    return dict(Letter.objects.filter(kind=kind, organisation=organisation).latest("pk").facts)


@pytest.mark.django_db
def test_a_publication_writes_one_letter_a_school_and_one_a_hub() -> None:
    world({"900001": LEAD, "900002": LEAD, "900003": SECOND_LEAD, "900004": ""})
    assert sorted(Letter.objects.values_list("kind", "organisation")) == [
        ("hub_proposed", "school:900001"),
        ("hub_proposed", "school:900002"),
        ("hub_proposed", "school:900003"),
        ("schools_proposed", HUB_KEY),
        ("schools_proposed", SECOND_KEY),
        ("waiting", "school:900004"),
    ]
    told = facts_of("schools_proposed", HUB_KEY)
    assert told["n_schools"] == "2 schools"
    assert told["schools"] == (
        "* School 900001: answer by 26 February 2026\n"
        "* School 900002: answer by 26 February 2026\n\n"
        "What both have not accepted by the day beside it lapses."
    )
    school = facts_of("hub_proposed", PARTNER)
    assert (school["hub"], school["journey"], school["by"]) == (
        f"School {LEAD}", "The drive takes about 20 minutes.", "26 February 2026"
    )  # fmt: skip


@pytest.mark.django_db
def test_publishing_the_same_again_writes_nothing_and_another_plan_writes_what_changes() -> None:
    snapshot, first = world({"900001": LEAD, "900002": LEAD, "900003": LEAD})
    n = Letter.objects.count()
    published(first)
    assert Letter.objects.count() == n
    published(a_round(snapshot, {"900001": LEAD, "900002": SECOND_LEAD, "900003": ""}))
    assert sorted(newest(Letter.objects.count() - n)) == [
        ("hub_proposed", "school:900002"),
        ("schools_proposed", HUB_KEY),
        ("schools_proposed", SECOND_KEY),
        ("waiting", "school:900003"),
    ]
    told = facts_of("schools_proposed", HUB_KEY)["schools"]
    assert told.startswith("* School 900001 (as before)")
    assert told.endswith("No longer proposed: School 900002, School 900003.")


@pytest.mark.django_db
def test_each_school_in_a_letter_to_a_hub_has_its_own_day_and_none_that_is_past() -> None:
    snapshot, _ = world({"900001": LEAD, "900002": LEAD, "900003": ""})
    kept = {"900001": ON + 3 * DAY, "900002": ON - DAY}  # the second waits for the office
    for urn, last in kept.items():
        ours = Partnership.objects.filter(partner_urn=urn)
        ours.update(answer_by=last, version=F("version") + 1)
    published(a_round(snapshot, dict.fromkeys(("900001", "900002", "900003"), LEAD)))
    lines = facts_of("schools_proposed", HUB_KEY)["schools"].splitlines()
    assert lines[:3] == [
        "* School 900003: answer by 26 February 2026",
        f"* School 900001 (as before): answer by {day(ON + 3 * DAY)}",
        "* School 900002 (as before)",
    ]


@pytest.mark.django_db
def test_the_other_school_is_told_of_an_acceptance_and_both_of_the_agreement() -> None:
    world({"900001": LEAD})
    answered("accepts", HEAD)
    assert newest(1) == [("other_answered", HUB_KEY)]
    assert facts_of("other_answered", HUB_KEY)["other"] == "School 900001"
    n = Letter.objects.count()
    answered("accepts", HEAD)
    assert Letter.objects.count() == n
    answered("accepts", HUB)
    assert newest(2) == [("both_agreed", PARTNER), ("both_agreed", HUB_KEY)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_upheld", "kind"), [(True, "objection_upheld"), (False, "objection_not_upheld")]
)
def test_both_are_told_that_it_does_not_work_and_what_the_office_decides(
    is_upheld: bool, kind: str
) -> None:
    world({"900001": LEAD})
    answered("objects", HEAD, "journey")
    assert newest(2) == [("objection_received", PARTNER), ("objection_received", HUB_KEY)]
    objection = Objection.objects.get()
    actions.decide(objection, is_upheld=is_upheld, reason="Looked at the map", **OFFICER)
    assert newest(2) == [(kind, PARTNER), (kind, HUB_KEY)]
    assert facts_of(kind, HUB_KEY)["reason"] == "Looked at the map"


@pytest.mark.django_db
def test_a_school_that_withdraws_is_confirmed_and_its_hub_told_but_not_why() -> None:
    world({"900001": LEAD})
    application = Application.objects.get(urn="900001")
    actions.leave(
        application, "withdrawn", reason="A private reason", version=application.version,
        by="head", **WHO,
    )  # fmt: skip
    assert newest(2) == [("partnership_ended", HUB_KEY), ("withdrawn", PARTNER)]
    assert facts_of("partnership_ended", HUB_KEY)["because"] == "The school withdrew."
    assert not [each for each in Letter.objects.all() if "private" in str(each.facts)]


@pytest.mark.django_db
def test_schools_of_a_hub_that_steps_down_are_told() -> None:
    world({"900001": LEAD, "900002": LEAD})
    hub = Hub.objects.get(programme_id=PROGRAMME, lead_urn=LEAD)
    actions.step_down(hub, on=ON, reason="A new head", **OFFICER)
    assert newest(2) == [("partnership_ended", PARTNER), ("partnership_ended", "school:900002")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("is_agreed", "kind"), [(True, "second_year_agreed"), (False, "second_year_not_agreed")]
)
def test_both_are_told_of_the_second_year(
    is_agreed: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world({"900001": LEAD})
    answered("accepts", HEAD)
    answered("accepts", HUB)
    # This programme gives no second year; what is written does not depend on that.
    for module in list_of_modules():
        monkeypatch.setattr(f"{module}.extra_terms", lambda _: 3)
    for who in (HEAD, HUB):
        actions.ask_for_more(of("900001"), reason="It works", **who)
    request = ExtensionRequest.objects.get()
    actions.decide_more(request, is_agreed=is_agreed, reason="Money", **OFFICER)
    assert newest(2) == [(kind, PARTNER), (kind, HUB_KEY)]


def list_of_modules() -> list[str]:
    return [actions.ask_for_more.__module__]


@pytest.mark.django_db
def test_the_letters_of_a_national_publication_take_seconds_and_few_queries(
    django_assert_max_num_queries: Any,
) -> None:
    leads = tuple(str(910_000 + n) for n in range(100))
    places = {str(920_000 + n): leads[n % 100] if n % 11 else "" for n in range(5_500)}
    snapshot = register(*(facts(urn) for urn in (*places, *leads)), leads=leads)
    Hub.objects.update(places={"enhanced": 55})
    applied(snapshot, list(places))
    round_ = a_round(snapshot, places)
    began = time.perf_counter()
    with django_assert_max_num_queries(60):
        published(round_)
    seconds = time.perf_counter() - began
    print(f"\n5,500 schools proposed a hub and written to in {seconds:.1f} s")
    assert Letter.objects.count() == 5_600
    assert seconds < 20
