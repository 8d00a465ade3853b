"""All that went out of one school's surveys, pages and files of every wave, gives no group away."""

import csv
import dataclasses
import io
from typing import Any

import polars as pl
import pytest
from django.urls import reverse

from invented import facts, register
from peopled import person_at
from polled import poll, pupils, scored
from schoolhubs import disclosure
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.surveys.models import KeptScores, Survey
from schoolhubs.service.surveys.scores import scoring
from schoolhubs.vocabulary.records.disclosure import Release
from surveyed import URN
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
SMALL = "9"  # the year group of which few answer in each wave
WAVES = ("2026-03", "2026-06", "2026-11")


def of_wave(wave: str, seed: int) -> pl.DataFrame:
    """Draw a wave in which six of one year group answer, and few with FSM."""
    whole = pupils(75, seed=seed, wave=wave)
    others = whole.with_columns(
        year_group=pl.when(pl.col("year_group") == SMALL).then(pl.lit("8")).otherwise("year_group")
    )
    few = pupils(6, seed=seed + 50, wave=wave).with_columns(year_group=pl.lit(SMALL))
    return pl.concat([others, few])


@pytest.fixture
def head() -> WatchfulClient:
    register(facts(URN))
    school = Organisation.objects.create(sign_in_id="one", kind="school", name="One", urn=URN)
    found = WatchfulClient()
    found.act_as(person_at(school, [Role.PARTNER_SCHOOL_HEAD], "head"), school)
    return found


def surveyed() -> tuple[list[Survey], list[pl.DataFrame]]:
    """Score three waves one after the other."""
    frames = [of_wave(wave, seed=20 + at) for at, wave in enumerate(WAVES)]
    surveys = []
    for frame in frames:
        surveys.append(poll(frame))
        scored(surveys[-1])
    return surveys, frames


def files(head: WatchfulClient, survey: Survey) -> list[dict[str, str]]:
    """Give the rows of the file of scores, as anybody at the school downloads it."""
    told = {"urn": URN, "survey_key": survey.pk, "what": "scores"}
    text = head.get(reverse("survey-file", kwargs=told)).content.decode()
    return list(csv.DictReader(io.StringIO(text)))


def as_downloaded(rows: list[dict[str, str]], like: Release) -> Release:
    """Make of a file what an attacker makes of it: counts by group, hidden ones left open."""
    dims = [name for name in like.layout.dimensions if name not in {"urn", "wave", "scored"}]
    table = []
    for row in rows:
        cut = dict.fromkeys(dims, "all")
        if row["cut"] != "all":
            cut[row["cut"]] = row["label"]
        n = int(row["n_answered"]) if row["n_answered"] else None
        scored_ = f"{row['kind']}:{row['measure']}"
        table.append({"urn": row["urn"], "wave": row["wave"], "scored": scored_, **cut,
                      "n": n, "n_mark": None if n is not None else "c"})  # fmt: skip
    schema = {**dict.fromkeys(like.layout.dimensions, pl.String), "n": pl.Int64,
              "n_mark": pl.String}  # fmt: skip
    return dataclasses.replace(like, table=pl.DataFrame(table, schema=schema))


def test_everything_that_went_out_gives_no_small_group_away(head: WatchfulClient) -> None:
    surveys, frames = surveyed()
    kept = KeptScores.objects.get(survey=surveys[-1])
    released = scoring.read(kept).releases
    assert len(released) == len(WAVES)
    assert disclosure.audit(released) == ()
    downloaded = [
        as_downloaded(files(head, survey), release)
        for survey, release in zip(surveys, released, strict=True)
    ]
    assert disclosure.audit(downloaded) == ()
    small = [row for each in surveys for row in files(head, each) if row["label"] == SMALL]
    assert small
    assert all(row["value_mark"] == "c" and not row["n_answered"] for row in small)
    assert all(frame.filter(year_group=SMALL).height == 6 for frame in frames)


def test_pages_and_files_hold_no_figure_that_is_hidden(head: WatchfulClient) -> None:
    surveys, _ = surveyed()
    for survey in surveys:
        told = {"urn": URN, "survey_key": survey.pk}
        page = head.get(reverse("survey-results", kwargs=told)).content.decode()
        assert f'value="year_group:{SMALL}"' not in page
        refused = head.get(
            f"{reverse('survey-results', kwargs=told)}?group=year_group:{SMALL}"
        ).content.decode()
        assert "There is a problem" in refused
        for row in files(head, survey):
            hidden = row["value_mark"] == "c"
            assert hidden == (row["said"] == "c" or not row["n_answered"]), row
            if row["n_answered"]:
                assert int(row["n_answered"]) >= 10


def test_with_the_guard_off_the_attacker_wins() -> None:
    """The negative control: only what is itself small is hidden, and a total uncovers it."""
    surveys, frames = surveyed()
    kept = KeptScores.objects.get(survey=surveys[-1])
    like = scoring.read(kept).releases[-1]
    answers = frames[-1]
    scale = "scale:safety"
    rows: list[dict[str, Any]] = []
    for cut in ("all", "year_group", "fsm", "sex"):
        labels = ["all"] if cut == "all" else sorted(set(answers[cut]))
        for label in labels:
            n = answers.height if cut == "all" else answers.filter(pl.col(cut) == label).height
            groups = dict.fromkeys(("year_group", "fsm", "sex"), "all")
            groups |= {} if cut == "all" else {cut: label}
            shown = {"n": None, "n_mark": "c"} if n < 10 else {"n": n, "n_mark": None}
            rows.append({"urn": URN, "wave": WAVES[-1], "scored": scale, **groups, **shown})
    types = {**dict.fromkeys(like.layout.dimensions, pl.String), "n": pl.Int64, "n_mark": pl.String}
    careless = dataclasses.replace(like, table=pl.DataFrame(rows, schema=types))
    found = disclosure.audit([careless])
    assert any(each.low == each.high == 6 for each in found)
