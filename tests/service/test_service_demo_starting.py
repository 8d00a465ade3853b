"""A cohort of the demonstration begins with the next term, in a programme that pays partners."""

import datetime

import pytest

from invented import facts, register
from schoolhubs.service.demo.further import starting
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot

pytestmark = pytest.mark.django_db
SPECIAL, RISE = "special-ap-hubs-example", "rise-hubs-2025"
LEAD = "900010"
DAYS = [datetime.date(2026, 11, 23), datetime.date(2026, 12, 31), datetime.date(2027, 7, 1)]


def england(n_near: int) -> RegisterSnapshot:
    near = [facts(f"9000{n:02d}", phase="special") for n in range(1, n_near + 1)]
    snapshot = register(*near, facts(LEAD, phase="special"), facts("900099"))
    Hub.objects.create(
        programme_id=SPECIAL, lead_urn=LEAD, started_on=datetime.date(2025, 9, 1),
        places={"paired": 3, "open_days": 12},
    )  # fmt: skip
    return snapshot


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_it_is_agreed_begins_with_the_next_term_and_is_kept_once(on: datetime.date) -> None:
    snapshot = england(4)
    at = datetime.datetime.combine(on, datetime.time(10), datetime.UTC)
    found = starting.keep_cohort((RISE, SPECIAL), snapshot, at=at)
    assert found == {"lead": LEAD, "first": "900001", "second": "900002", "light": "900003"}
    assert starting.keep_cohort((RISE, SPECIAL), snapshot, at=at) == found
    made = Partnership.objects.order_by("pk")
    assert [each.pathway for each in made] == ["paired", "paired", "open_days"]
    assert {each.state for each in made} == {"agreed"}
    (starts_on,) = {each.starts_on for each in made}
    assert on < starts_on <= on + datetime.timedelta(days=160)
    turn(on=starts_on, at=at, place="tests")
    assert {each.state for each in made.all()} == {"running"}


def test_without_schools_near_or_a_programme_that_pays_there_is_none() -> None:
    snapshot = england(2)
    at = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
    assert starting.keep_cohort((SPECIAL,), snapshot, at=at) == {}
    assert starting.keep_cohort((RISE,), snapshot, at=at) == {}


def test_everybody_of_the_cohort_is_at_one_of_its_schools() -> None:
    assert {each.at for each in starting.EXTRAS} == {"lead", "first", "second", "light"}
    assert len({each.subject for each in starting.EXTRAS}) == len(starting.EXTRAS)
