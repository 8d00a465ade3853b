"""A school among schools of its size, and a trust's schools in groups: never a ranking."""

import html
import io
import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from invented import archived, facts, register
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.vocabulary import frames
from watchful import WatchfulClient

SCHOOL, FAR, TINY, LONE, NO_ROLL = "900001", "900002", "900003", "900004", "900005"
TRUST = "17001"
YEAR = "2024/25"


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def absences() -> pl.DataFrame:
    """Give a phase of 400 schools round 5 per cent, and five that stand out or cannot be told."""
    rng = np.random.default_rng(1)
    sizes = rng.integers(60, 600, 400)
    values = (5 + rng.normal(0, 0.5, 400) + rng.normal(0, 7.7, 400) / np.sqrt(sizes)).clip(0.5)
    crowd = [
        (f"91{n:04}", int(size), float(value))
        for n, (size, value) in enumerate(zip(sizes, values, strict=True))
    ]
    ours = [
        (SCHOOL, 300, 5.2), (FAR, 400, 11.0), (TINY, 12, 9.0), (LONE, 300, 5.3),
        (NO_ROLL, None, 5.0),
    ]  # fmt: skip
    return frames.ABSENCE.fill(
        pl.DataFrame(
            [
                {"urn": urn, "year": YEAR, "series": "census", "phase": "primary",
                 "half_terms": 6, "enrolments": size, "sess_overall_percent": value}
                for urn, size, value in [*crowd, *ours]
            ],
        )
    )  # fmt: skip


@pytest.fixture(autouse=True)
def snapshot(db: None) -> RegisterSnapshot:
    trusts = {SCHOOL: TRUST, FAR: TRUST, TINY: TRUST, LONE: "17002"}
    return register(
        *(
            facts(urn, trust_id=trusts.get(urn), trust_name="Elm Trust" if urn in trusts else None)
            for urn in (SCHOOL, FAR, TINY, LONE, NO_ROLL)
        ),
        archive=archived(absences()),
    )


@pytest.fixture
def client() -> WatchfulClient:
    return WatchfulClient()


def test_a_school_in_the_middle_is_not_told_from_it(client: WatchfulClient) -> None:
    found = words(client.get(f"/schools/{SCHOOL}/among-schools"))
    assert f"In {YEAR} absence at School {SCHOOL} was 5.2 %" in found
    assert "nobody can tell from this one year that the school differs" in found
    assert "The limits hold this overdispersion" in found
    assert "It is no ranking" in found


def test_a_school_far_out_is_said_to_be_and_why_is_left_open(client: WatchfulClient) -> None:
    found = words(client.get(f"/schools/{FAR}/among-schools"))
    assert "That is far more than chance and the ordinary differences" in found
    assert "it may lie outside the school" in found


def test_a_tiny_school_with_as_high_a_figure_is_not(client: WatchfulClient) -> None:
    """Nine per cent of twelve pupils is one child's long illness."""
    found = words(client.get(f"/schools/{TINY}/among-schools"))
    assert "nobody can tell from this one year" in found


def test_without_its_number_of_pupils_nothing_is_told(client: WatchfulClient) -> None:
    assert "We cannot tell" in words(client.get(f"/schools/{NO_ROLL}/among-schools"))
    assert client.get(f"/schools/{NO_ROLL}/among-schools.csv").status_code == 404


def test_the_files_hold_what_is_drawn(client: WatchfulClient) -> None:
    page = client.get(f"/schools/{SCHOOL}/among-schools").content.decode()
    for name, height in (("among-schools", 405), ("among-schools-limits", 60)):
        assert f"/schools/{SCHOOL}/{name}.csv" in page
        answer = client.get(f"/schools/{SCHOOL}/{name}.csv")
        table = pl.read_csv(io.BytesIO(answer.content))
        assert table.height == height
    assert {"low_95", "high_998", "middle"} <= set(table.columns)


def test_a_trust_sees_groups_and_no_ranking(client: WatchfulClient) -> None:
    found = words(client.get(f"/trusts/{TRUST}/absence"))
    assert "Absence of the schools of Elm Trust" in found
    assert "No line can be drawn between the trust’s 3 primary schools with a figure" in found
    assert "Of 3 pairs, 1 can be told apart" in found
    table = pl.read_csv(io.BytesIO(client.get(f"/trusts/{TRUST}/absence.csv").content))
    assert set(table["group"]) == {"a"}
    assert (table["low"] < table["value"]).all()


def test_one_school_is_set_beside_nobody(client: WatchfulClient) -> None:
    assert "nothing to set beside each other" in words(client.get("/trusts/17002/absence"))


def test_a_figure_without_a_phase_counts_with_the_school_s_own(client: WatchfulClient) -> None:
    """The layout of the performance tables names no phase."""
    rows = absences().with_columns(
        phase=pl.when(pl.col("urn") == FAR).then(None).otherwise(pl.col("phase"))
    )
    trusts = dict.fromkeys((SCHOOL, FAR), TRUST)
    register(*(facts(urn, trust_id=TRUST) for urn in trusts), archive=archived(rows))
    found = words(client.get(f"/trusts/{TRUST}/absence"))
    assert "the trust’s 2 primary schools" in found.lower()
    assert client.get(f"/trusts/{TRUST}/absence.csv").status_code == 200
    assert "We cannot tell" in words(client.get(f"/schools/{FAR}/among-schools"))


def test_a_trust_of_a_phase_without_a_spread_keeps_its_figures(client: WatchfulClient) -> None:
    rows = absences().with_columns(phase=pl.lit("alternative_provision"))
    register(*(facts(urn, trust_id=TRUST) for urn in (SCHOOL, FAR)), archive=archived(rows))
    found = words(client.get(f"/trusts/{TRUST}/absence"))
    assert "can we tell how far chance moves the figure" in found
    assert "11.0" in found


@pytest.mark.parametrize("trust", ["99999", "no such", "a/b", "%00", "%ff"])
def test_a_trust_that_is_not_there_is_not_found(client: WatchfulClient, trust: str) -> None:
    assert client.get(f"/trusts/{trust}/absence").status_code in {400, 404}


def test_a_school_leads_to_both_pages(client: WatchfulClient) -> None:
    page = client.get(f"/schools/{SCHOOL}").content.decode()
    assert f'href="/schools/{SCHOOL}/among-schools"' in page
    assert f'href="/trusts/{TRUST}/absence"' in page


@pytest.mark.parametrize("path", [f"/schools/{SCHOOL}/among-schools", f"/trusts/{TRUST}/absence"])
def test_the_pages_ask_little_of_the_database(
    client: WatchfulClient, path: str, django_assert_max_num_queries: Any
) -> None:
    client.get("/")
    with django_assert_max_num_queries(14):
        assert client.get(path).status_code == 200
