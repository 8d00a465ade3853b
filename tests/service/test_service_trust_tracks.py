"""The two-year track of a trust: its pages, who reads them, and what they say is next."""

import datetime
from typing import Any

import pytest
from django.db.models import F

from invented import AT
from peopled import OTHER, OWN, World, peopled, track
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.partnerships import keep_track
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages import two_years
from schoolhubs.service.schools.models import School

pytestmark = pytest.mark.django_db
ACCEPTED = {
    f"{side}_{name}": value
    for side in ("partner", "lead")
    for name, value in (("says", "accepts"), ("at", AT), ("by", "head"))
}
HERE: dict[str, Any] = {"by": "head", "organisation": "trust:1", "at": AT, "place": "/"}


def moved(one: Partnership, *states: str) -> Partnership:
    """Lead a track from state to state, as the database allows."""
    for state in states:
        Partnership.objects.filter(pk=one.pk).update(state=state, version=F("version") + 1)
    return Partnership.objects.get(pk=one.pk)


@pytest.fixture
def world() -> World:
    """Give two sides, each with the track of its trusts."""
    return peopled()


@pytest.mark.parametrize("role", [Role.PARTNER_TRUST, Role.LEAD_TRUST, Role.OFFICE_READ])
def test_a_track_shows_its_schools_years_terms_and_what_is_next(
    world: World, role: Role, django_assert_max_num_queries: Any
) -> None:
    client = world.client(role)
    with django_assert_max_num_queries(15):
        page = client.get(f"/trust-tracks/{world.tracks[OWN].pk}").content.decode()
    for words in (
        "Behaviour Hubs", "Multi-school support", "1 April 2023 to 31 March 2025", "6 terms",
        "22 to 30 in all", "Summer term 2023", "Spring term 2025", "Both trusts answer",
        "speaks for the trust",
    ):  # fmt: skip
        assert words in page, words
    with django_assert_max_num_queries(15):
        listed = client.get("/trust-tracks").content.decode()
    assert (f"/trust-tracks/{world.tracks[OWN].pk}" in listed) is True
    assert (f"/trust-tracks/{world.tracks[OTHER].pk}" in listed) == (role == Role.OFFICE_READ)


def test_its_two_years_are_six_terms_in_order() -> None:
    one = Partnership(
        state="running", year=1, starts_on=datetime.date(2023, 4, 1),
        finishes_on=datetime.date(2025, 4, 1),
    )  # fmt: skip
    found = two_years.terms(one, on=datetime.date(2024, 5, 1))
    assert [(each.title, each.year, each.reached) for each in found] == [
        ("Summer term 2023", 1, "Done"), ("Autumn term 2023", 1, "Done"),
        ("Spring term 2024", 1, "Done"), ("Summer term 2024", 2, "Now"),
        ("Autumn term 2024", 2, "Ahead"), ("Spring term 2025", 2, "Ahead"),
    ]  # fmt: skip
    assert [str(found[0].first_on), str(found[-1].last_on)] == ["2023-04-01", "2025-03-31"]
    for state, said in (("ended", "was ended early"), ("declined", "Did not take place")):
        one.state = state
        cut = two_years.terms(one, on=datetime.date(2024, 5, 1))
        assert all(said in each.reached for each in cut)


@pytest.mark.parametrize(("ended", "year"), [("2024-04-01", 2), ("2025-04-01", 3)])
def test_a_further_year_counts_on_from_all_the_years_before_it(ended: str, year: int) -> None:
    finishes_on = datetime.date.fromisoformat(ended)
    first = Partnership(
        state="finished", year=1, starts_on=datetime.date(2023, 4, 1), finishes_on=finishes_on
    )
    further = Partnership(
        state="running", year=2, extends=first, starts_on=finishes_on,
        finishes_on=finishes_on.replace(year=finishes_on.year + 1),
    )  # fmt: skip
    found = two_years.terms(further, on=finishes_on)
    assert [each.year for each in found] == [year] * 3


@pytest.mark.parametrize(
    ("state", "answers", "on", "said"),
    [
        ("proposed", {"lead_says": "accepts"}, "2023-01-09", "The partner trust answers"),
        ("proposed", ACCEPTED | {"lead_says": "objects"}, "2023-01-09", "programme office decides"),
        ("agreed", ACCEPTED, "2023-01-09", "The first term begins on 1 April 2023"),
        ("running", ACCEPTED, "2023-05-09", "The autumn term 2023 begins on 1 September 2023"),
        ("running", ACCEPTED, "2025-01-09", "the track ends on 31 March 2025"),
        ("finished", ACCEPTED, "2025-05-09", "its last day was 31 March 2025"),
        ("declined", {}, "2023-01-09", "looks for another lead trust"),
        ("ended", {}, "2023-01-09", "it did not go on"),
    ],
)
def test_what_is_next_follows_from_where_it_stands(
    state: str, answers: dict[str, Any], on: str, said: str
) -> None:
    one = Partnership(
        state=state, year=1, starts_on=datetime.date(2023, 4, 1),
        finishes_on=datetime.date(2025, 4, 1), **answers,
    )  # fmt: skip
    assert said in two_years.next_step(one, on=datetime.date.fromisoformat(on))


def test_a_lead_trust_whose_track_was_declined_reads_it_no_longer(world: World) -> None:
    address = f"/trust-tracks/{world.tracks[OWN].pk}"
    lead, partner = world.client(Role.LEAD_TRUST), world.client(Role.PARTNER_TRUST)
    assert lead.get(address).status_code == 200
    moved(world.tracks[OWN], "declined")
    assert [each.get(address).status_code for each in (lead, partner)] == [404, 200]
    assert address not in lead.get("/trust-tracks").content.decode()


def test_a_partnership_of_schools_is_no_track(world: World) -> None:
    of_schools = Partnership.objects.filter(partner_trust_id="").latest("pk")
    office = world.client(Role.OFFICE_READ)
    assert office.get(f"/trust-tracks/{of_schools.pk}").status_code == 404
    assert f"/trust-tracks/{of_schools.pk}" not in office.get("/trust-tracks").content.decode()


def test_a_trust_accepts_and_is_led_back_to_its_track(world: World) -> None:
    one = world.tracks[OWN]
    address = f"/trust-tracks/{one.pk}"
    accept = f"/programmes/{one.programme_id}/schools/{one.partner_urn}/match/accept"
    trust = world.client(Role.PARTNER_TRUST)
    assert accept in trust.get(address).content.decode()
    answer = trust.post(accept, {"version": one.version})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert accept not in trust.get(address).content.decode()
    office = world.client(Role.OFFICE_READ)
    assert accept not in office.get(address).content.decode()


def test_letters_of_a_track_lead_to_its_page(world: World) -> None:
    one = world.tracks[OWN]
    actions.answer(one, side="partner", says="accepts", version=one.version, **HERE)
    letters = Letter.objects.filter(about__startswith=f"partnership:{one.pk}/")
    assert set(letters.values_list("path", flat=True)) == {f"/trust-tracks/{one.pk}"}


def test_a_trust_without_a_track_is_told_so(world: World) -> None:
    Partnership.objects.filter(pk=world.tracks[OWN].pk).update(state="superseded", version=9)
    page = world.client(Role.PARTNER_TRUST).get("/trust-tracks").content.decode()
    assert "Your trust is on no track" in page
    assert track(OWN, cohort_id="2023-24-spring").pk
    again = world.client(Role.PARTNER_TRUST).get("/trust-tracks").content.decode()
    assert "Your trust is on no track" not in again


def test_the_demonstration_has_a_track_that_ran_as_the_last_of_them_did(world: World) -> None:
    lead, partner = School.objects.get(urn="900010"), School.objects.get(urn="900001")
    Partnership.objects.filter(partner_trust_id=partner.trust_id).update(
        state="superseded", version=9
    )
    assert keep_track(partner, lead) is not None
    one = Partnership.objects.latest("pk")
    assert (one.state, str(one.starts_on), str(one.last_on)) == (
        "finished", "2023-04-01", "2025-03-31",
    )  # fmt: skip
    assert keep_track(partner, partner) is None
    page = world.client(Role.PARTNER_TRUST).get(f"/trust-tracks/{one.pk}").content.decode()
    assert "Nothing more: its last day was 31 March 2025" in page
