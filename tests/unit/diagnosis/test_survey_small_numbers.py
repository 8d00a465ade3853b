"""Nothing can be told of a small group, however tables and waves are set against each other."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from schoolhubs import diagnosis, disclosure
from schoolhubs.diagnosis.scoring.tables import releasing
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis.surveys import SurveyScores
from schoolhubs.vocabulary.records.disclosure import Release
from surveying import answered, school

PUPILS = diagnosis.instrument("pupil-survey")
STAFF = diagnosis.instrument("staff-survey")
SAFETY = "scale:safety"


def of_safety(releases: tuple[Release, ...]) -> list[Release]:
    """Keep one measure: all hide the same groups."""
    return [dataclasses.replace(each, table=each.table.filter(scored=SAFETY)) for each in releases]


def unguarded(found: SurveyScores, answers: pl.DataFrame) -> list[Release]:
    """Show again whatever was hidden beside the small numbers themselves."""
    out = []
    for each in of_safety(found.releases):
        rows = []
        for row in each.table.iter_rows(named=True):
            labels = {
                k: row[k]
                for k in ("wave", "year_group", "fsm", "sex")
                if row.get(k, "all") != "all"
            }
            wave = labels.pop("wave")
            mine = answers.filter(pl.col("wave").is_in(wave.split("+")), **labels)
            items = [item.name for item in PUPILS.of_scale("safety")]
            n = mine.filter(
                pl.sum_horizontal(pl.col(name).is_not_null() for name in items) >= 3
            ).height
            is_small = n <= each.rules.threshold
            rows.append(row | {"n": None if is_small else n, "n_mark": "c" if is_small else None})
        out.append(dataclasses.replace(each, table=pl.DataFrame(rows, schema=each.table.schema)))
    return out


def small_groups(seed: int, n: int = 120, **fixed: object) -> pl.DataFrame:
    """A school with one or two small year groups and few pupils with FSM in most."""
    rng = np.random.default_rng(seed)
    answers = school(PUPILS, n, seed=seed, **fixed)
    year = rng.choice(["7", "8", "9", "10"], n, p=[0.45, 0.3, 0.19, 0.06])
    return answers.with_columns(year_group=pl.Series(year))


@pytest.mark.parametrize("seed", range(2))
def test_nothing_hidden_can_be_told_from_all_that_is_shown(seed: int) -> None:
    answers = small_groups(seed)
    found = diagnosis.score(answers, PUPILS, by=[("year_group", "fsm"), ("sex",)])

    assert found.scores.filter(value_mark="c").height > 0
    assert disclosure.audit(found.releases) == ()
    with_guard_off = disclosure.audit(unguarded(found, answers))
    assert with_guard_off, "with the guard off the attacker tells small groups"


def test_two_waves_and_both_together_tell_nothing() -> None:
    first, second = small_groups(11, wave="2026-06"), small_groups(12, wave="2026-11")
    earlier = diagnosis.score(first, PUPILS, by=[("year_group",)])
    both = pl.concat([first, second])
    found = diagnosis.score(
        both, PUPILS, by=[("year_group",)], is_pooled=True, released=earlier.releases
    )

    pooled = found.scores.filter(wave="2026-06+2026-11", cut="all", kind="scale")
    assert pooled["value"].null_count() == 0
    assert len(found.releases) == 2
    assert disclosure.audit(found.releases) == ()
    assert disclosure.audit(unguarded(found, both))


def test_a_wave_too_small_is_hidden_from_its_pool_as_well() -> None:
    """Fourteen and six answer: the pool less the first would be the six."""
    waves = [school(PUPILS, n, seed=n, wave=wave) for n, wave in ((14, "2026-06"), (6, "2026-11"))]
    found = diagnosis.score(pl.concat(waves), PUPILS, by=[], is_pooled=True)
    shown = found.scores.filter(kind="scale").drop_nulls("n_answered")["wave"].unique().to_list()

    assert "2026-11" not in shown
    assert shown != ["2026-06", "2026-06+2026-11"]
    assert len(shown) <= 1


def test_a_later_release_cannot_show_what_an_earlier_hid_or_other_counts() -> None:
    answers = small_groups(3)
    first = diagnosis.score(answers, PUPILS, by=[("year_group",)])
    again = diagnosis.score(answers, PUPILS, by=[("year_group",)], released=first.releases)
    hidden = first.scores.filter(value_mark="c").select("measure", "label")

    assert again.scores.filter(value_mark="c").select("measure", "label").equals(hidden)
    with pytest.raises(Conflict, match="is not what"):
        diagnosis.score(answers.head(100), PUPILS, by=[("year_group",)], released=first.releases)


@pytest.mark.parametrize(
    ("instrument", "n", "is_seen"),
    [(PUPILS, 9, False), (PUPILS, 10, True), (STAFF, 7, False), (STAFF, 8, True)],
)
def test_ten_pupils_or_eight_staff_may_be_seen(instrument: object, n: int, is_seen: bool) -> None:
    asked = diagnosis.instrument(instrument.instrument_id)  # type: ignore[attr-defined]
    feeling = np.random.default_rng(n).normal(size=n)
    found = diagnosis.score(answered(asked, feeling, seed=n, skipped=0.0), asked)

    scales = found.scores.filter(kind="scale")
    assert (scales["n_answered"].null_count() == 0) is is_seen
    assert any("nothing is shown" in each for each in found.warnings) is not is_seen


def test_staff_are_not_split_by_role_where_one_role_is_small() -> None:
    def split(n_leaders: int) -> int:
        roles = ["teacher"] * 30 + ["support"] * 20 + ["leader"] * n_leaders
        feeling = np.random.default_rng(2).normal(size=len(roles))
        answers = answered(STAFF, feeling, seed=3, skipped=0.0, role=roles)
        return diagnosis.score(answers, STAFF).scores.filter(cut="role").height

    assert split(5) == 0
    assert split(12) > 0


def test_all_or_none_of_a_group_is_blurred() -> None:
    feeling = np.full(40, 9.0)
    found = diagnosis.score(answered(PUPILS, feeling, seed=1, skipped=0.0), PUPILS)
    row = found.scores.filter(measure="school_calm").row(0, named=True)

    assert (row["said"], row["value_mark"]) == ("95 % or more", "ge95")
    assert (row["value"], row["low"], row["high"], row["shrunk"]) == (None, None, None, None)
    none = diagnosis.score(answered(PUPILS, -feeling, seed=1, skipped=0.0), PUPILS)
    assert none.scores.filter(measure="school_calm")["said"].to_list() == ["5 % or less"]


def test_what_is_left_for_hidden_groups_is_no_answer_of_all_of_them() -> None:
    """Two hidden year groups all feel safe: the total less the others would say so of each."""
    n = [100, 100, 12, 5]
    feeling = np.concatenate([np.zeros(200), np.full(17, 9.0)])
    feeling[:200] += np.random.default_rng(1).normal(size=200)
    years = [year for year, many in zip("5678", n, strict=True) for _ in range(many)]
    answers = answered(PUPILS, feeling, seed=4, skipped=0.0, year_group=years)
    rows = diagnosis.score(answers, PUPILS).scores.filter(cut="year_group")

    calm = rows.filter(measure="school_calm")
    assert calm["value"].null_count() == calm.height, "no year group is shown for what tells"
    assert set(calm["value_mark"]) == {releasing.HIDDEN}
    assert rows.filter(kind="item").height > calm.height
