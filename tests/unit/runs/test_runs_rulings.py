"""What people decided counts, and what the rules said stays beside it."""

import dataclasses
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs import packs, runs
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.round import Round
from small_rounds import ANSWERS, order

Facts = Callable[..., pl.DataFrame]
PARTNERS = {"900011": 10.0, "900012": 11.0, "900013": 12.0}


def ruling(urn: str, verdict: str, **more: str) -> dict[str, str]:
    about = {"pathway": "core", "reason": "Seen on a visit", "decided_by": "A. Caseworker"}
    return {"urn": urn, "verdict": verdict, **about, **more}


def held(facts: Facts, *rulings: dict[str, str], unready: tuple[str, ...] = ()) -> Round:
    asked = order(
        facts, {"900001": (0, 3)}, PARTNERS, rulings=frames.RULINGS.fill(pl.DataFrame(rulings))
    )
    ready = pl.when(pl.col("urn").is_in(list(unready))).then(pl.lit("no"))
    answers = asked.applications.with_columns(ready_to_change=ready.otherwise("ready_to_change"))
    blank = pl.when(pl.col("urn") != "900013").then("leadership_capacity")
    answers = answers.with_columns(leadership_capacity=blank)
    asked = dataclasses.replace(asked, applications=answers)
    return runs.run_intake(asked, clock=lambda: 0.0)[0]


def test_a_ruling_settles_what_the_rules_could_not_tell(facts: Facts) -> None:
    assert ANSWERS["leadership_capacity"] == "yes"
    done = held(facts, ruling("900013", "yes"))
    row = done.decisions.filter(pl.col("urn") == "900013").row(0, named=True)
    assert (row["verdict"], row["rules_verdict"]) == ("yes", "cannot tell")
    assert (row["ruled_by"], row["ruling_reason"]) == ("A. Caseworker", "Seen on a visit")
    assert row["reason"].startswith(
        "Yes, decided by A. Caseworker: Seen on a visit. The rules alone say cannot tell. "
    )
    assert "900013" in done.result.matches["urn"].to_list()
    assert (done.summary()["ruled"], done.summary()["cannot_tell"]) == (1, 0)


def test_without_a_ruling_the_rules_count_and_nobody_is_named(facts: Facts) -> None:
    done = held(facts, ruling("900012", "no"))
    row = done.decisions.filter(pl.col("urn") == "900013").row(0, named=True)
    assert (row["verdict"], row["rules_verdict"], row["ruled_by"]) == (
        "cannot tell", "cannot tell", None,
    )  # fmt: skip
    assert "900013" not in done.result.matches["urn"].to_list()


def test_a_ruling_counts_against_the_rules_both_ways(facts: Facts) -> None:
    done = held(facts, ruling("900011", "yes"), ruling("900012", "no"), unready=("900011",))
    rows = done.decisions.select("urn", "verdict", "rules_verdict", "binding_rule").rows()
    assert rows[:2] == [("900011", "yes", "no", None), ("900012", "no", "yes", "ruling")]
    assert done.result.matches["urn"].to_list() == ["900011"]
    assert any("2 decisions were made by people, 2 of them other" in note for note in done.notes)
    files = packs.build(done).files
    assert "The people who decide say yes" in files["report.html"]
    assert "A. Caseworker" in files["decisions.csv"]


def test_a_ruling_on_nobody_is_named_and_changes_nothing(facts: Facts) -> None:
    done = held(facts, ruling("900099", "yes"), ruling("900011", "yes", pathway="extended"))
    assert done.summary()["ruled"] == 0
    (note,) = [note for note in done.notes if "on nobody in question" in note]
    assert "900011 on extended, 900099 on core" in note


@pytest.mark.parametrize(
    ("wrong", "code", "column"),
    [
        ([ruling("900011", "maybe")], "ruling_without_effect", "verdict"),
        ([ruling("900011", "yes", pathway="gold")], "ruling_without_effect", "pathway"),
        ([ruling("900011", "yes", reason=" ")], "ruling_without_effect", "reason"),
        ([ruling("900011", "yes", decided_by="")], "ruling_without_effect", "decided_by"),
    ],
)
def test_a_ruling_that_decides_nothing_is_refused(
    facts: Facts, wrong: list[dict[str, str]], code: str, column: str
) -> None:
    with pytest.raises(DataProblem) as caught:
        held(facts, *wrong)
    assert [(each.code, each.column, each.row) for each in caught.value.problems] == [
        (code, column, 2)
    ]


def test_two_rulings_on_one_application_are_refused(facts: Facts) -> None:
    both = pl.DataFrame([ruling("900011", "yes"), ruling("900011", "no")])
    asked = order(facts, {"900001": (0, 3)}, PARTNERS, rulings=both)
    with pytest.raises(DataProblem, match="more than one ruling on core"):
        runs.run_intake(asked, clock=lambda: 0.0)
