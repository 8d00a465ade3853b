"""Who was affected is kept as it may be shown, and a gap that widened opens screens again."""

import dataclasses
import datetime
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, transaction

from drafting import HEAD, ON, knows, ready
from planned import whole_plan
from schoolhubs import disclosure
from schoolhubs.attendance import MarksStore
from schoolhubs.plans.watching import nesting
from schoolhubs.service.attendance import places
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.plans import actions as editing
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan, PlanState
from schoolhubs.service.plans.watching import actions
from schoolhubs.service.plans.watching.actions import Periods
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.service.plans.watching.touching import touched_by
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.frames import MARKS
from schoolhubs.vocabulary.records.plan import ActionPlan, Conditions, PlannedAction

DAY = datetime.date
TERM = Periods(
    before_from_on=DAY(2025, 9, 1), before_last_on=DAY(2026, 7, 20),
    after_from_on=DAY(2026, 12, 1), after_last_on=DAY(2027, 4, 1),
)  # fmt: skip
LATER = dataclasses.replace(TERM, after_last_on=DAY(2027, 7, 20))
AFTER_THAT = dataclasses.replace(
    TERM, after_from_on=DAY(2027, 7, 21), after_last_on=DAY(2027, 12, 20)
)
AFTERWARDS = DAY(2027, 7, 21)


@pytest.fixture
def approved(monkeypatch: pytest.MonkeyPatch) -> Plan:
    knows(monkeypatch)
    plan = ready()
    editing.approve(plan, number=plan.number, on=ON, who=HEAD)
    return plan


def counts(after_yes: int = 20, n_yes: int = 100, name: str = "send") -> pl.DataFrame:
    rows = [
        (name, "yes", "before", n_yes, min(20, n_yes)), (name, "no", "before", 400, 40),
        (name, "yes", "after", n_yes, after_yes), (name, "no", "after", 400, 40),
    ]  # fmt: skip
    heads = ["characteristic", "group", "period", "n_pupils", "n_affected"]
    return pl.DataFrame(rows, schema=heads, orient="row")


def compare(plan: Plan, given: pl.DataFrame, periods: Periods = TERM, **other: Any) -> Any:
    return actions.compare(
        plan, given, periods, about="Detentions", on=AFTERWARDS, who=HEAD, **other
    )


@pytest.mark.django_db
def test_a_gap_that_did_not_widen_changes_nothing(approved: Plan) -> None:
    row = compare(approved, counts())
    assert not row.is_widening
    assert approved.state == PlanState.APPROVED
    assert Letter.objects.filter(kind="plan_reopened").count() == 0


@pytest.mark.django_db
def test_a_gap_that_widened_opens_the_screens_and_tells_people(approved: Plan) -> None:
    row = compare(approved, counts(after_yes=60))
    assert row.is_widening
    assert approved.state == PlanState.REOPENED
    (why,) = queries.newest(approved).record.screens[0].reopenings
    assert "SEN support or EHC plan (yes) widened by 40.0 percentage points" in why.why
    codes = [each.code for each in queries.why_not_in_force(approved, on=AFTERWARDS)]
    assert codes
    letter = Letter.objects.get(kind="plan_reopened")
    assert letter.organisation == "school:900001"
    assert letter.facts["about"] == "Detentions"


@pytest.mark.django_db
def test_a_plan_with_an_open_screen_cannot_be_put_back_in_force_by_sql(approved: Plan) -> None:
    compare(approved, counts(after_yes=60))
    with pytest.raises(DatabaseError), transaction.atomic():
        Plan.objects.filter(pk=approved.pk).update(state="approved")


@pytest.mark.django_db
def test_nothing_of_few_pupils_is_kept_anywhere(approved: Plan) -> None:
    """Of 12 pupils with a plan 7 were affected: neither figure is in any row."""
    given = counts(after_yes=7, n_yes=12, name="ehc").with_columns(
        n_affected=pl.when((pl.col("group") == "yes") & (pl.col("period") == "before"))
        .then(3)
        .otherwise(pl.col("n_affected"))
    )
    row = compare(approved, given)
    shown = {
        (each["ehc"], each["period"]): each["n_affected"] for each in row.tables["ehc"]
    }  # fmt: skip
    assert shown["yes", "before"] is None
    assert shown["yes", "after"] is None
    (gap,) = row.gaps
    assert [gap[name] for name in ("before", "after", "change", "low", "high")] == [None] * 5
    for kept in (row.tables, row.releases, row.gaps):
        told = json.dumps(kept)
        assert " 7," not in told
        assert " 3," not in told


@pytest.mark.django_db
def test_the_same_days_are_compared_once(approved: Plan) -> None:
    compare(approved, counts())
    with pytest.raises(Conflict, match="for these days already"):
        compare(approved, counts(after_yes=21))
    assert AffectedReturn.objects.count() == 1
    assert compare(approved, counts(after_yes=30), LATER).number == 2


def between(first: AffectedReturn, second: AffectedReturn) -> list[tuple[int, int]]:
    """Subtract what a term showed from what the year around it showed, as an attacker does."""
    rules = disclosure.rules("reports")
    told = []
    for was in first.tables["send"]:
        (now,) = (each for each in second.tables["send"]
                  if (each["send"], each["period"]) == (was["send"], was["period"]))  # fmt: skip
        if was["period"] == "after" and None not in (was["n_affected"], now["n_affected"]):
            part = nesting.reach(was["n_affected"], rules)
            whole = nesting.reach(now["n_affected"], rules)
            told.append((whole[0] - part[1], whole[1] - part[0]))
    return told


@pytest.mark.django_db
@pytest.mark.parametrize("more", [3, 6])
def test_a_few_pupils_between_a_term_and_its_year_are_refused(approved: Plan, more: int) -> None:
    compare(approved, counts(after_yes=21))
    with pytest.raises(Conflict, match="only a few pupils came in between"):
        compare(approved, counts(after_yes=21 + more), LATER)
    assert AffectedReturn.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("more", [0, 9, 12])
def test_nobody_subtracts_a_term_from_its_year_and_finds_a_few(approved: Plan, more: int) -> None:
    """None may have come in between, or there are more than a few."""
    first = compare(approved, counts(after_yes=21))
    second = compare(approved, counts(after_yes=21 + more), LATER)
    told = between(first, second)
    assert len(told) == 3
    assert not [each for each in told if each[0] >= 1 and each[1] <= 9]


@pytest.mark.django_db
def test_a_term_out_of_a_year_that_was_compared_is_the_same_the_other_way(approved: Plan) -> None:
    compare(approved, counts(after_yes=27), LATER)
    with pytest.raises(Conflict, match="only a few pupils came in between"):
        compare(approved, counts(after_yes=21))
    assert compare(approved, counts(after_yes=21), AFTER_THAT).number == 2


@pytest.mark.django_db
def test_without_that_look_the_few_are_told(
    approved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: six more pupils in the year than in its term, told as between 1 and 9."""
    monkeypatch.setattr(actions.plans.watching, "few_between", lambda *_: ())
    first = compare(approved, counts(after_yes=21))
    second = compare(approved, counts(after_yes=27), LATER)
    assert (1, 9) in between(first, second)


@pytest.mark.django_db
def test_a_second_return_is_held_against_the_first(
    approved: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time before is the same days in both: what went out of it is told to the gate."""
    compare(approved, counts())
    seen: list[Any] = []
    true = actions.plans.watching.disparity

    def spied(given: pl.DataFrame, *, released: Any) -> Any:
        seen.extend(released)
        return true(given, released=released)

    monkeypatch.setattr(actions.plans.watching, "disparity", spied)
    compare(approved, counts(after_yes=30), LATER)
    (release,) = seen
    assert set(release.table["period"]) == {"before", "2026-12-01 to 2027-04-01"}


@pytest.mark.django_db
def test_to_name_an_action_keeps_no_other_closed(approved: Plan) -> None:
    compare(approved, counts(after_yes=60), concerns=["another"])
    assert approved.state == PlanState.REOPENED
    assert queries.newest(approved).record.screens[0].reopenings != ()


@pytest.mark.django_db
def test_a_plan_never_approved_has_no_time_after(monkeypatch: pytest.MonkeyPatch) -> None:
    knows(monkeypatch)
    with pytest.raises(Conflict, match="never approved"):
        compare(ready(), counts())


def marks(n_pupils: int, **flags: bool | None) -> pl.DataFrame:
    """Give a week each in which two sessions are unauthorised, and two ill."""
    known = {"sen": False, "ehc": False, "has_reason": False} | flags
    rows = [
        {"urn": "900001", "pupil": at, "week_on": DAY(2026, 11, 2), "year": "2026/27",
         "term": "autumn", "half_term": 2, "marks": "OOII//////", **known}
        for at in range(n_pupils)
    ]  # fmt: skip
    return MARKS.fill(pl.DataFrame(rows))


@pytest.mark.parametrize(
    ("n_pupils", "flags", "shown"),
    [
        (40, {}, (40, 80)),
        (6, {}, (None, None)),
        (40, {"ehc": True}, (0, 0)),
        (40, {"has_reason": None}, (0, 0)),
    ],
)
def test_sanctions_are_shown_to_count_no_protected_session_and_no_flagged_pupil(
    n_pupils: int, flags: Any, shown: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "store", lambda: tmp_path)
    MarksStore(tmp_path).append(marks(n_pupils, **flags))
    wide = Conditions(turns_on="attendance", counts_codes=("O", "I", "M"))
    sanction = PlannedAction(action_id="a1", kind="sanction", title="A talk", conditions=wide)
    found = touched_by(ActionPlan(plan_id="p", actions=(sanction,)), "900001")
    assert found is not None
    assert (found.n_pupils, found.n_sessions) == shown
    assert found.asked == ["I", "M", "O"]


def test_without_marks_or_sanctions_nothing_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "store", lambda: tmp_path)
    assert touched_by(whole_plan(), "900001") is None
