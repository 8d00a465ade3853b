"""One school's page: facts for everybody, the trend against its phase, the stage by right alone."""

import datetime
import gzip
import html
import io
import re
from typing import Any

import polars as pl
import pytest

from invented import AT, ON, PROGRAMME, archived, facts, register
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.matching.models import Placement, PublishedRound, Round
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.page import stages, trends
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from signing import signed_in
from watchful import WatchfulClient

SCHOOL, LEAD, OTHER = "900001", "900002", "900003"
PAGE = f"/schools/{SCHOOL}"
MATCHED = "matched with the hub of School 900002 on the Enhanced pathway"


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def absences(*rows: tuple[str, str, float | None], phase: str = "primary") -> pl.DataFrame:
    """Give absence rows of ``urn, year, percent``."""
    return frames.ABSENCE.fill(
        pl.DataFrame(
            [
                {"urn": urn, "year": year, "series": "census", "phase": phase, "half_terms": 6,
                 "sess_overall_percent": percent}
                for urn, year, percent in rows
            ],
            schema_overrides={"sess_overall_percent": pl.Float64},
        )
    )  # fmt: skip


def crowd(year: str) -> list[tuple[str, str, float]]:
    """Give eleven other schools with 0 to 10 per cent."""
    return [(f"9001{n:02}", year, float(n)) for n in range(11)]


@pytest.fixture
def snapshot(db: None) -> RegisterSnapshot:
    years = ["2022/23", "2023/24", "2024/25"]
    rows = [row for year in years for row in crowd(year)]
    ours = [("900101", "2022/23", 9.0), (SCHOOL, "2023/24", 8.5), (SCHOOL, "2024/25", 8.0)]
    taken = [row for row in rows if row[:2] != ("900101", "2022/23")]
    return register(
        facts(
            SCHOOL,
            absence_series="census",
            predecessor_urns=["900101"],
            context_year="2024/25",
            context_series="Census",
            inspection_framework="overall_grades",
            overall_grade=2,
            inspected_on=datetime.date(2024, 6, 25),
            inspection_source="Ofsted, latest inspections, 31 August 2024 (ofsted_2024-08.csv)",
        ),
        facts(LEAD, absence_percent=3.0),
        facts(OTHER),
        leads=(LEAD,),
        archive=archived(absences(*taken, *ours)),
    )


@pytest.fixture
def placed(snapshot: RegisterSnapshot) -> Round:
    round_ = Round.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", definition_version="1", on=ON,
        snapshot=snapshot, made_at=AT, made_by="test", is_synthetic=True, summary={}, record={},
        pack=b"",
    )  # fmt: skip
    Placement.objects.create(
        round=round_, urn=SCHOOL, outcome="matched", name="School", phase="primary",
        region="South West", pathway="enhanced", lead_urn=LEAD, minutes=31.0, record={},
    )  # fmt: skip
    PublishedRound.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", round=round_, published_at=AT,
        published_by="test", reason="A test",
    )  # fmt: skip
    Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", round=round_, partner_urn=SCHOOL,
        lead_urn=LEAD, pathway="enhanced", starts_on=ON, finishes_on=datetime.date(2027, 1, 1),
        proposed_at=AT, proposed_by="test",
    )  # fmt: skip
    return round_


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("roles", [(), (Role.OFFICE_READ,)])
def test_a_school_page_is_small_and_asks_little_of_the_database(
    roles: tuple[Role, ...], django_assert_max_num_queries: Any
) -> None:
    client = signed_in(*roles) if roles else WatchfulClient()
    client.get("/")  # what a session asks once
    with django_assert_max_num_queries(14):
        answer = client.get(PAGE)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1
    assert len(gzip.compress(answer.content)) < 150_000


@pytest.mark.usefixtures("snapshot")
def test_anybody_reads_the_facts_with_series_and_year() -> None:
    found = words(WatchfulClient().get(PAGE))
    assert "Pupils on roll 210 Census, 2024/25" in found
    assert "Absence 8.0 % school census, Pupil absence in schools in England, 2024/25" in found
    assert "Devonshire" in found
    assert (
        "Last inspection Good Ofsted, latest inspections, 31 August 2024, inspected 25 June 2024"
        in found
    )
    assert "How these figures were worked out" in found
    assert "The figure of its phase in England is 5.2 %" in found


@pytest.mark.usefixtures("snapshot")
def test_a_figure_that_is_missing_is_not_known_and_not_nought() -> None:
    assert "Pupils with SEN support not known" in words(WatchfulClient().get(PAGE))


@pytest.mark.usefixtures("snapshot")
def test_the_trend_has_its_sentence_table_source_and_csv() -> None:
    client = WatchfulClient()
    answer = client.get(PAGE)
    found = words(answer)
    assert "Absence was 8.0 % in 2024/25, after 9.0 % in 2022/23" in found
    assert "Half of primary schools had" in found
    assert "2022/23 to 2024/25, 6 half terms" in found
    assert 'class="picture absence-trend"' in answer.content.decode()
    csv = client.get(f"{PAGE}/absence.csv")
    assert csv.headers["Content-Type"].startswith("text/csv")
    table = pl.read_csv(io.BytesIO(csv.content))
    assert table["year"].to_list() == ["2022/23", "2023/24", "2024/25"]
    assert table["school"].to_list() == [9.0, 8.5, 8.0]
    assert table["urn"].to_list() == [900101, 900001, 900001], "under which URN stands beside"


def test_a_school_without_absence_says_so_and_has_no_csv(snapshot: RegisterSnapshot) -> None:
    client = WatchfulClient()
    assert "No absence figure of this school" in words(client.get(f"/schools/{OTHER}"))
    assert client.get(f"/schools/{OTHER}/absence.csv").status_code == 404


def test_an_unknown_school_is_not_found(snapshot: RegisterSnapshot) -> None:
    assert WatchfulClient().get("/schools/999999").status_code == 404


BEFORE = AcademicYear("2025/26")


def years(rows: pl.DataFrame, *urns: str, before: AcademicYear = BEFORE) -> pl.DataFrame:
    held = trends.Absence.of(rows)
    return trends.through_the_years(held, urns, before=before)


def test_the_tenths_are_of_the_same_phase_year_and_series() -> None:
    here = absences((SCHOOL, "2024/25", 50.0), *crowd("2024/25")[:10])
    elsewhere = absences(*((urn, "2024/25", 90.0) for urn, _, _ in crowd("")), phase="special")
    found = years(pl.concat([here, elsewhere]), SCHOOL).row(0, named=True)
    assert found["n_schools"] == 11
    assert (found["p10"], found["p50"], found["p90"]) == (1.0, 5.0, 9.0)


def test_a_year_for_which_two_earlier_schools_published_is_left_out() -> None:
    rows = absences(
        ("900101", "2022/23", 4.0), ("900102", "2022/23", 6.0),
        ("900101", "2023/24", 4.0), (SCHOOL, "2024/25", 5.0),
    )  # fmt: skip
    assert years(rows, SCHOOL, "900101", "900102")["year"].to_list() == ["2023/24", "2024/25"]


def test_a_year_that_was_not_over_is_left_out() -> None:
    rows = absences((SCHOOL, "2023/24", 4.0), (SCHOOL, "2024/25", 5.0))
    found = years(rows, SCHOOL, before=AcademicYear("2024/25"))
    assert found["year"].to_list() == ["2023/24"]


def test_series_are_never_mixed() -> None:
    tables = absences((SCHOOL, "2022/23", 4.0)).with_columns(series=pl.lit("performance_tables"))
    found = years(pl.concat([tables, absences((SCHOOL, "2023/24", 5.0))]), SCHOOL)
    assert found["series"].to_list() == ["census"]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("roles", "urn"),
    [
        ((Role.OFFICE_READ,), ""),
        ((Role.OFFICE_CASEWORKER,), ""),
        ((Role.BEHAVIOUR_ADVISER,), ""),
        ((Role.PARTNER_SCHOOL_HEAD,), SCHOOL),
        ((Role.PARTNER_SCHOOL_GOVERNOR,), SCHOOL),
        ((Role.LEAD_SCHOOL,), LEAD),
    ],
)
def test_the_stage_is_shown_by_right(roles: tuple[Role, ...], urn: str) -> None:
    found = words(signed_in(*roles, urn=urn).get(PAGE))
    assert MATCHED in found
    assert "With the hub of School 900002, from 29 January 2026 to 31 December 2026" in found
    assert "Next date" in found
    assert "See how the match was worked out" in found


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("roles", "urn"),
    [
        ((), "nobody"),
        ((Role.FINANCE_MAKER,), ""),
        ((Role.PARTNER_SCHOOL_HEAD,), OTHER),
        ((Role.LEAD_SCHOOL,), OTHER),
        ((Role.PARTNER_SCHOOL_HEAD,), LEAD),
    ],
)
def test_the_stage_is_hidden_from_all_others(roles: tuple[Role, ...], urn: str) -> None:
    client = WatchfulClient() if urn == "nobody" else signed_in(*roles, urn=urn)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert "matched with" not in words(answer)
    assert "Enhanced pathway" not in words(answer)
    assert f"URN {LEAD}" not in words(answer)


@pytest.mark.usefixtures("placed")
def test_without_the_control_the_stage_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "may_see_stage", lambda *_asked: True)
    assert MATCHED in words(signed_in(Role.PARTNER_SCHOOL_HEAD, urn=OTHER).get(PAGE))


@pytest.mark.usefixtures("placed")
def test_tasks_are_those_of_the_role() -> None:
    head = words(signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL).get(PAGE))
    governor = words(signed_in(Role.PARTNER_SCHOOL_GOVERNOR, urn=SCHOOL, subject="gov").get(PAGE))
    assert "Tasks Apply : RISE" in head
    assert "Apply : RISE" not in governor


@pytest.mark.usefixtures("snapshot")
def test_a_draft_is_the_schools_own_affair() -> None:
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL)
    head.post(f"/applications/{PROGRAMME}/{SCHOOL}/start")
    assert "Finish the application" in words(head.get(PAGE))
    assert "Begun, and not sent" in words(head.get(PAGE))
    office = words(signed_in(Role.OFFICE_READ, subject="office").get(PAGE))
    assert "No application for this intake" in office
    assert "Begun, and not sent" not in office
