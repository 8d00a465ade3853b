"""Judging a year, and what is watched beside a success."""

import dataclasses
import datetime

import polars as pl
import pytest
from scipy.special import expit, logit

import panelling
from marking import marks_of, week
from schoolhubs import attendance, targets
from schoolhubs.targets.constants import constants
from schoolhubs.targets.expecting import work_out
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.targets.year_end.watching import MADE_OF, MEASURES
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.school.target import AttendanceTarget, Judgement

MADE = panelling.make(n=240)
MODEL = targets.fit(MADE.panel, until=MADE.years[-2])
ROLLS = dict(MADE.panel.context.select("urn", "n_pupils").iter_rows())
LARGE = max(ROLLS, key=lambda urn: ROLLS[urn])
SMALL = min(ROLLS, key=lambda urn: ROLLS[urn])


def moved(percent: float, by: float) -> float:
    """Give a percent whose log-odds moved."""
    return float(100 * expit(logit(percent / 100) + by))


def target_of(urn: str) -> AttendanceTarget:
    """Give a school's target."""
    return targets.explain(MODEL, MADE.panel, urn=urn)


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [(-1.0, "met"), (1.0, "missed"), (-0.05, "too close to call"), (0.05, "too close to call")],
)
def test_a_large_school_is_judged_beyond_chance_only(gap: float, verdict: str) -> None:
    target = target_of(LARGE)
    found = targets.judge(
        target,
        MODEL,
        actual_percent=target.target_percent + gap,  # type: ignore[operator]
        national_percent=target.national_percent,
    )
    assert found.verdict == verdict
    assert found.gap_percent == pytest.approx(gap)


def test_a_national_move_is_no_school_s_failure_or_merit() -> None:
    target = target_of(LARGE)
    assert target.target_percent is not None
    for move in (-0.2, 0.0, 0.2, 0.4):
        found = targets.judge(
            target,
            MODEL,
            actual_percent=moved(target.target_percent - 1.0, move),
            national_percent=moved(target.national_percent, move),
        )
        assert found.verdict == "met"
        assert found.rebased_percent == pytest.approx(target.target_percent - 1.0)


@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_a_school_far_from_the_national_figure_is_not_blamed_for_its_move(times: float) -> None:
    """As from 2018/19 to 2022/23, when every primary school's odds rose by about two fifths."""
    standing = 4.0 * times
    target = dataclasses.replace(
        target_of(LARGE), national_percent=4.0, expected_percent=standing, target_percent=standing
    )
    year = {"actual_percent": moved(standing, 0.4), "national_percent": moved(4.0, 0.4)}
    assert targets.judge(target, MODEL, **year).verdict == "too close to call"
    in_points = year["actual_percent"] - (year["national_percent"] - 4.0) - standing
    assert abs(in_points) == pytest.approx({0.5: 0.9, 1.0: 0.0, 2.0: 1.6}[times], abs=0.15), (
        "in points the same move would stand as a gap"
    )


def test_one_year_never_decides_for_a_small_school() -> None:
    target = target_of(SMALL)
    assert target.target_percent is not None
    assert target.chance_size_percent > 0.5
    year = {"national_percent": target.national_percent}
    good = target.target_percent - 3.0
    first = targets.judge(target, MODEL, actual_percent=good, **year)
    assert first.verdict == "too close to call"
    assert "one year alone decides nothing" in first.said
    before = dataclasses.replace(first, year=AcademicYear.parse(target.year).plus(-1))
    second = targets.judge(target, MODEL, actual_percent=good, earlier=(before,), **year)
    assert (second.verdict, second.n_years) == ("met", 2)
    bad = targets.judge(target, MODEL, actual_percent=target.target_percent + 2.0, **year)
    bad = dataclasses.replace(bad, year=before.year)
    mixed = targets.judge(target, MODEL, actual_percent=good, earlier=(bad,), **year)
    assert mixed.verdict == "too close to call", "two years that part say nothing"


@pytest.mark.parametrize("change", [{"year": "2015/16"}, {"urn": "900999"}, {"gap_percent": None}])
def test_only_the_same_school_s_very_year_before_counts(change: dict[str, object]) -> None:
    target = target_of(SMALL)
    year = {"national_percent": target.national_percent, "actual_percent": 0.5}
    first = targets.judge(target, MODEL, **year)
    before = dataclasses.replace(first, year=AcademicYear.parse(target.year).plus(-1))
    assert before.year == "2016/17"
    assert targets.judge(target, MODEL, earlier=(before,), **year).n_years == 2
    other = dataclasses.replace(before, **change)  # type: ignore[arg-type]
    assert targets.judge(target, MODEL, earlier=(other,), **year).verdict == "too close to call"
    found = targets.judge(target, MODEL, earlier=(other, before), **year)
    assert found.n_years == 2, "wherever it stands among them"


def test_a_target_that_says_not_what_is_usual_is_not_judged() -> None:
    old = dataclasses.replace(target_of(LARGE), margin_below_percent=None)
    with pytest.raises(UsageError, match="does not say what is usual"):
        targets.judge(old, MODEL, actual_percent=4.0, national_percent=4.0)


def no_effect() -> pl.DataFrame:
    """Judge 1,500 schools in a year in which nobody changed anything (T5).

    ``met`` and ``met_by_chance`` say whether a target was called met, by the margin it is and by
    the chance of pupils alone; ``tenth`` is the school's place in the year before, raw.
    """
    # Schools move for reasons of their own as well, about as much as by the chance of pupils.
    made = panelling.make(n=1_500, seed=5, persistence=0.5)
    year, before = made.years[-1], made.years[-2]
    model = targets.fit(made.panel, until=before)
    (worked,) = work_out(model, made.panel, year=year)
    plain = targets.explain(model, made.panel, urn=made.urns[0])
    level = dict(made.panel.national.select("year", "sess_overall_percent").iter_rows())
    came = dict(
        made.panel.years.filter(pl.col("year") == year)
        .select("urn", "sess_overall_percent")
        .iter_rows()
    )
    rows = []
    for k, row in enumerate(worked.frame.iter_rows(named=True)):
        figures = {name: row[name] for name in ("urn", "expected_percent", "target_percent")}
        target = dataclasses.replace(
            plain,
            **figures,
            margin_below_percent=float(worked.margin_below[k]),
            margin_above_percent=float(worked.margin_above[k]),
            is_small=False,
        )
        old = 1.2816 * row["chance_size_percent"]
        by_chance = dataclasses.replace(target, margin_below_percent=old, margin_above_percent=old)
        verdicts = [
            targets.judge(
                each, model, actual_percent=came[row["urn"]], national_percent=level[year]
            ).verdict
            for each in (target, by_chance)
        ]
        rows.append((row["last_year_percent"], *verdicts))
    table = pl.DataFrame(rows, schema=["last", "called", "by_chance"], orient="row").with_columns(
        met=pl.col("called") == "met",
        met_by_chance=pl.col("by_chance") == "met",
    )
    tenth = (10 * (pl.col("last").rank("ordinal") - 1) / pl.len()).floor().cast(pl.Int64)
    return table.with_columns(tenth=tenth)


def test_in_a_world_without_effect_few_are_called_met_and_the_worst_no_more_than_others() -> None:
    rows = no_effect()
    worst = rows.filter(pl.col("tenth") == 9)
    middle = rows.filter(pl.col("tenth").is_in([4, 5]))
    assert worst["met"].mean() <= middle["met"].mean() + 0.05  # type: ignore[operator]
    usual = (1 - constants().judging_share) / 2
    assert rows["met"].mean() <= usual + 0.02  # type: ignore[operator]
    assert rows["met_by_chance"].mean() > usual + 0.02, (  # type: ignore[operator]
        "the chance of pupils alone would call more met than deserve it"
    )


def test_the_pull_to_the_usual_is_taken_out() -> None:
    year, bad = MADE.years[-2], 9.5
    panel = panelling.refigured(MADE.panel, LARGE, year, bad)
    target = targets.explain(MODEL, panel, urn=LARGE)
    assert target.expected_percent < bad, "some of a bad year is gone by itself"
    found = targets.judge(
        target,
        MODEL,
        actual_percent=target.expected_percent,
        national_percent=target.national_percent,
    )
    assert found.beyond_unaided_percent == pytest.approx(0.0)
    assert found.verdict != "met", "falling back by itself is no success"


def test_without_a_target_there_is_no_verdict() -> None:
    made = panelling.make(n=120, phase="special", level=-2.2)
    model = targets.fit(made.panel, until=made.years[-2])
    target = targets.explain(model, made.panel, urn=made.urns[0])
    found = targets.judge(
        target, model, actual_percent=5.0, national_percent=target.national_percent
    )
    assert found.verdict == "no target"


def recoded(to: str, n: int = 40, moved: int = 800) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give two years of measures in which the last school moves sessions to a code."""
    columns = sorted({each for pair in MADE_OF.values() for each in pair if each})
    urns = [f"{900000 + school}" for school in range(n)] + ["900099"]
    then = pl.DataFrame({"urn": urns} | dict.fromkeys(columns, 300)).with_columns(
        sess_possible=pl.lit(100_000), sess_overall=pl.lit(5_000), sess_authorised=pl.lit(3_500)
    )
    drift = pl.int_range(pl.len()) % 5 - 2
    now = then.with_columns(
        (pl.col(name) + drift * 10) for name in columns if name not in {"sess_possible"}
    )
    last, column = pl.col("urn") == "900099", MADE_OF[to][0]
    steady = [pl.when(last).then(pl.lit(then[name][-1])).otherwise(name).alias(name)
              for name in columns]  # fmt: skip
    now = now.with_columns(steady)
    return then, now.with_columns(
        pl.when(last).then(pl.col(column) + moved).otherwise(column).alias(column)
    )


@pytest.mark.parametrize("to", ["part_time", "suspended", "approved_activity", "dual_registered"])
def test_a_move_to_a_code_is_flagged_and_an_ordinary_one_is_not(to: str) -> None:
    others = tuple(f"{900000 + school}" for school in range(40))
    found = targets.watch(*recoded(to), MODEL, urn="900099", comparable=others)
    assert [flag.measure for flag in found.flags] == [to]
    assert "ask for it" in found.flags[0].said
    usual = targets.watch(*recoded(to), MODEL, urn="900003", comparable=others)
    assert usual.flags == ()


ABSENT = ["/\\" * 5, "/\\" * 4 + "OO", "O" * 10, "/\\" * 3 + "IIII"] * 10


def judged(letter: str) -> Judgement:
    """Judge a large school whose marks have unauthorised absence recoded to a letter."""
    rows = [week(pupil=k, marks=text.replace("O", letter)) for k, text in enumerate(ABSENT)]
    measures = attendance.measure(marks_of(rows), by=["school"]).row(0, named=True)
    target = target_of(LARGE)
    return targets.judge(
        target,
        MODEL,
        actual_percent=measures["sess_overall_percent"],
        national_percent=target.national_percent,
    )


@pytest.mark.parametrize("code", ["E", "C2"])
def test_recoding_absence_to_suspension_or_part_time_helps_nothing(code: str) -> None:
    letter = attendance.coding.codes(datetime.date(2025, 1, 6)).packed[code]
    assert judged(letter) == judged("O")


def test_a_code_that_counts_as_attending_would_help_and_is_therefore_watched() -> None:
    assert judged("B").gap_percent < judged("O").gap_percent  # type: ignore[operator]
    others = tuple(f"{900000 + school}" for school in range(40))
    found = targets.watch(*recoded("approved_activity"), MODEL, urn="900099", comparable=others)
    assert [flag.measure for flag in found.flags] == ["approved_activity"]


def defined(**values: object) -> TargetModel:
    """Give the model with constants of another definition."""
    stored = {name: dict(entry) for name, entry in MODEL.definition["constants"].items()}
    for name, value in values.items():
        stored[name]["value"] = value
    return dataclasses.replace(MODEL, definition={**MODEL.definition, "constants": stored})


def test_a_year_is_judged_and_watched_by_the_definition_of_its_own_model() -> None:
    others = tuple(f"{900000 + school}" for school in range(40))
    found = targets.watch(
        *recoded("part_time"), defined(watch_sds=1_000.0), urn="900099", comparable=others
    )
    assert found.flags == ()
    target = target_of(LARGE)
    clipped = targets.judge(
        target,
        defined(least_absence_percent=target.target_percent),
        actual_percent=0.5,
        national_percent=target.national_percent,
    )
    assert clipped.gap_percent == pytest.approx(0.0)


def test_the_cohort_is_watched_and_what_cannot_be_looked_at_is_said() -> None:
    nothing = pl.DataFrame(schema={"urn": pl.String})
    apart = targets.watch(
        nothing,
        nothing,
        MODEL,
        urn="900001",
        comparable=(),
        all_change_percent=-0.8,
        cohort_change_percent=-0.5,
    )
    assert [flag.measure for flag in apart.flags] == ["cohort"]
    near = targets.watch(
        nothing,
        nothing,
        MODEL,
        urn="900001",
        comparable=(),
        all_change_percent=-0.8,
        cohort_change_percent=-0.6,
    )
    assert near.flags == ()
    unknown = targets.watch(nothing, nothing, MODEL, urn="900001", comparable=())
    assert set(unknown.not_looked_at) == {*MEASURES, "cohort"}
