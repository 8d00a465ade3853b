"""The office's hubs: map, lists and CSV say the same; pages over all schools stay small."""

import gzip
import re
from typing import Any

import polars as pl
import pytest

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import HubLoad, Placement, PublishedRound, Round
from schoolhubs.service.network.office import queries
from signing import signed_in

LEAD, FAR_LEAD = "900010", "900011"
MAP = f"/office/hubs/{PROGRAMME}"


def load(
    round_: Round, lead_urn: str, pathway: str, phase: str, places: tuple[int, int, int]
) -> None:
    n_places, n_running, n_matched = places
    HubLoad.objects.create(
        round=round_, lead_urn=lead_urn, pathway=pathway, name=f"Lead {lead_urn}", phase=phase,
        region="South West", n_places=n_places, n_running=n_running, n_matched=n_matched, record={},
    )  # fmt: skip


def place(round_: Round, urn: str, **changes: Any) -> None:
    given = {
        "round": round_, "urn": urn, "outcome": "matched", "name": f"School {urn}",
        "phase": "primary", "region": "South West", "pathway": "regional", "lead_urn": LEAD,
        "minutes": 31.0, "record": {"minutes_low": 20.0, "minutes_high": 40.0}, **changes,
    }  # fmt: skip
    Placement.objects.create(**given)


def left_out(round_: Round, urn: str, need: int, pathway: str, **changes: Any) -> None:
    record = {"need_weight": need, "options": [{"pathway": pathway}] if pathway else []}
    told = {"outcome": "unmatched", "pathway": "", "lead_urn": "", "minutes": None}
    place(round_, urn, **told, record=record, **changes)


@pytest.fixture
def published(db: None) -> Round:
    """Give a round of two hubs: three schools matched, four left without."""
    urns = ["900001", "900002", "900003", "900021", "900022", "900023", "900024"]
    places = {urn: {"easting": 300_000.0, "northing": 90_000.0} for urn in [*urns, LEAD, FAR_LEAD]}
    snapshot = register(*(facts(urn, **where) for urn, where in places.items()), leads=(LEAD,))
    round_ = Round.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", definition_version="1", on=ON,
        snapshot=snapshot, made_at=AT, made_by="test", is_synthetic=True, summary={},
        record={"travel": {"band_share": 0.8}}, pack=b"",
    )  # fmt: skip
    load(round_, LEAD, "regional", "primary", (5, 1, 2))
    load(round_, LEAD, "enhanced", "primary", (2, 0, 1))
    load(round_, FAR_LEAD, "regional", "secondary", (4, 0, 0))
    place(round_, "900001")
    place(round_, "900002", minutes=62.0, is_exception=True)
    place(round_, "900003", pathway="enhanced")
    left_out(round_, "900021", 7, "regional")
    left_out(round_, "900022", 5, "enhanced")
    left_out(round_, "900023", 90, "regional", phase="secondary", region="South East")
    left_out(round_, "900024", 1, "")
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id=round_.cohort_id, round=round_, published_at=AT,
        published_by="test", reason="A test",
    )  # fmt: skip
    return round_


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["Content-Type"].startswith("text/csv")
    return pl.read_csv(answer.content).to_dicts()


def test_hubs_and_those_left_without_are_counted_once_each(published: Round) -> None:
    hubs = {row["urn"]: row for row in queries.hubs(published).to_dicts()}
    assert (hubs[LEAD]["n_places"], hubs[LEAD]["n_free"]) == (7, 3)
    assert (hubs[FAR_LEAD]["n_matched"], hubs[FAR_LEAD]["n_free"]) == (0, 4)

    reach = queries.reach(published.pk).rows()
    assert reach == [("South East", "secondary", 0, 1, 90), ("South West", "primary", 3, 3, 13)]


@pytest.mark.parametrize(
    ("asked", "hubs", "matched", "without"),
    [
        ({}, 2, 3, 4),
        ({"phase": "primary"}, 1, 3, 3),
        ({"region": "South East"}, 0, 0, 1),
        ({"pathway": "enhanced"}, 1, 1, 2),  # 900022 comes near it, 900024 near none
        ({"pathway": "regional", "region": "South West"}, 2, 2, 2),
    ],
)
def test_each_filter_narrows_hubs_and_schools_alike(
    published: Round, asked: dict[str, str], hubs: int, matched: int, without: int
) -> None:
    assert queries.hubs(published, **asked).height == hubs
    reach = queries.reach(published.pk, **asked)
    assert (reach["n_matched"].sum(), reach["n_unmatched"].sum()) == (matched, without)


@pytest.mark.parametrize("asked", ["", "&phase=primary", "&pathway=enhanced&region=South+West"])
def test_page_and_csv_say_the_same(published: Round, asked: str) -> None:
    client = signed_in(Role.OFFICE_READ)
    page = client.get(f"{MAP}?{asked}").content.decode()
    shown = re.findall(r'hubs/rise-hubs-2025/(\d{6})"', page)
    assert shown == [str(row["urn"]) for row in rows(client.get(f"{MAP}?as=hubs{asked}"))]

    without = rows(client.get(f"{MAP}?as=without{asked}"))
    told = re.findall(r">([\w ]+, \w+)</th><td[^>]*>([\d,]+)</td><td[^>]*>([\d,]+)</td>", page)
    assert told == [
        (f"{row['region']}, {row['phase']}", str(row["n_unmatched"]), str(row["need_unmet"]))
        for row in without
    ]
    on_map = rows(client.get(f"{MAP}?as=map{asked}"))
    assert sum(row["Schools without a hub"] for row in on_map) == sum(
        row["n_unmatched"] for row in without
    )


def test_the_map_draws_the_schools_without_a_hub_for_the_office_alone(published: Round) -> None:
    office = signed_in(Role.BEHAVIOUR_ADVISER).get(MAP).content.decode()
    public = signed_in(subject="nobody").get(f"/programmes/{PROGRAMME}/hubs").content.decode()
    assert "4 eligible schools have no hub" in office
    for word in ("unserved", "exceptions", "journeys", "Need points"):
        assert f'class="{word}"' in office or word in office
        assert f'class="{word}"' not in public


def test_the_public_list_of_hubs_is_to_be_had_as_it_stands(published: Round) -> None:
    public = signed_in(subject="nobody")
    address = f"/programmes/{PROGRAMME}/hubs"
    listed = public.get(f"{address}?as=hubs").content.decode().splitlines()
    assert listed[0].lstrip("\ufeff") == "URN,Lead school,Phase,Region,Offers"
    assert [line.split(",")[0] for line in listed[1:]] == [LEAD, FAR_LEAD]
    assert len(public.get(f"{address}?as=hubs&phase=secondary").content.splitlines()) == 2
    assert (
        "?as=hubs&amp;phase=secondary" in public.get(f"{address}?phase=secondary").content.decode()
    )


def test_a_hubs_page_lists_its_partners_with_minutes_and_stage(published: Round) -> None:
    Application.objects.create(
        reference="TEST-1", programme_id=PROGRAMME, cohort_id=published.cohort_id, urn="900002",
        state="submitted", begun_at=AT, begun_by="head", submitted_at=AT, submitted_by="head",
        snapshot=published.snapshot, applied_on=ON,
    )  # fmt: skip
    client = signed_in(Role.BEHAVIOUR_ADVISER)
    page = client.get(f"{MAP}/{LEAD}").content.decode()
    assert "3 of 7 places are free" in page
    listed = rows(client.get(f"{MAP}/{LEAD}?as=csv"))
    assert [(row["urn"], row["minutes"], row["stage"]) for row in listed] == [
        (900002, 62.0, "Sent, and not decided"),
        (900001, 31.0, None),
        (900003, 31.0, None),
    ]
    assert "62 (20 to 40), over the limit" in page
    assert "None" not in page


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("role", "is_led_there"), [(Role.OFFICE_CASEWORKER, True), (Role.OFFICE_READ, False)]
)
def test_a_hubs_page_leads_those_who_decide_to_its_end(role: Role, is_led_there: bool) -> None:
    page = signed_in(role).get(f"{MAP}/{LEAD}").content.decode()
    assert (f'href="{MAP}/{LEAD}/step-down"' in page) == is_led_there


@pytest.mark.usefixtures("published")
def test_a_hub_without_places_in_the_round_is_not_there() -> None:
    assert signed_in(Role.OFFICE_READ).get(f"{MAP}/900001").status_code == 404


def test_before_a_round_is_published_the_page_says_so(db: None) -> None:
    client = signed_in(Role.OFFICE_READ)
    assert "No round has been published yet" in client.get("/office/hubs").content.decode()
    assert client.get(MAP).status_code == 404


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "path", ["/office/hubs", MAP, f"{MAP}/{LEAD}", f"/programmes/{PROGRAMME}/hubs"]
)
def test_pages_over_all_schools_ask_little_of_the_database(
    path: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(Role.OFFICE_READ)
    client.get("/")  # what a session asks once
    with django_assert_max_num_queries(15):
        answer = client.get(path)
    assert answer.content.decode().count("<h1") == 1
    assert len(gzip.compress(answer.content)) < 150_000


def test_free_places_that_no_school_without_a_hub_could_have_are_named(published: Round) -> None:
    office = signed_in(Role.OFFICE_READ)
    said = "4 are at secondary hubs"
    # A secondary school waits in another region, so that these places could help.
    assert said not in office.get(MAP).content.decode()
    assert said not in office.get(f"{MAP}?region=South+West").content.decode()
    Placement.objects.filter(round=published, outcome="unmatched", phase="secondary").delete()
    queries.reach.cache_clear()
    assert said in office.get(MAP).content.decode()
    assert said not in office.get(f"{MAP}?phase=primary").content.decode()
    Placement.objects.filter(round=published, outcome="unmatched").delete()
    queries.reach.cache_clear()
    assert "so these places do not help" not in office.get(MAP).content.decode()
