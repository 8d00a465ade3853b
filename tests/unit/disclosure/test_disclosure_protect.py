"""What leaves: small counts hidden, others rounded, rates of what is shown."""

import dataclasses
import itertools

import polars as pl
import pytest

from schoolhubs import disclosure
from schoolhubs.vocabulary.errors import Conflict, DataProblem, UsageError
from schoolhubs.vocabulary.records.disclosure import Release, TableLayout

PLAIN = disclosure.rules("school-tables")
REPORTS = disclosure.rules("reports")
FSM = {"yes": "all", "no": "all"}


def one_school(yes: int, no: int, pa_yes: int, pa_no: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "fsm": ["yes", "no", "all"],
            "enrolments": [yes, no, yes + no],
            "pa": [pa_yes, pa_no, pa_yes + pa_no],
        }
    )


LAYOUT = TableLayout(
    dimensions=("fsm",), counts=("enrolments", "pa"), totals={"fsm": FSM},
    within={"pa": "enrolments"}, rates={"pa_percent": ("pa", "enrolments")},
)  # fmt: skip


ONLY_ROLL = TableLayout(dimensions=("fsm",), counts=("enrolments",), totals={"fsm": FSM})


def test_where_nothing_is_small_nothing_is_hidden_and_figures_are_rounded() -> None:
    kept = disclosure.protect(one_school(41, 163, 14, 22), LAYOUT, REPORTS)

    assert kept.table["enrolments"].to_list() == [40, 165, 205]
    assert kept.table["pa"].to_list() == [15, 20, 35]
    assert kept.table["pa_percent"].to_list() == [37.5, 12.1, 17.1]
    assert kept.table["pa_mark"].null_count() == 3
    assert kept.hidden.height == 0
    assert kept.cost.hidden_share == 0


def test_a_rate_is_of_rounded_figures_and_hidden_with_them() -> None:
    kept = disclosure.protect(one_school(41, 163, 3, 22), LAYOUT, REPORTS)
    row = kept.table.row(0, named=True)

    assert (row["pa"], row["pa_mark"]) == (None, "c")
    assert (row["pa_percent"], row["pa_percent_mark"]) == (None, "c")
    assert kept.hidden.filter(reason="small").select("fsm", "column").rows() == [("yes", "pa")]


def test_without_rounding_a_lone_small_number_takes_another_with_it() -> None:
    kept = disclosure.protect(one_school(41, 163, 2, 22), LAYOUT, PLAIN)

    assert kept.table["pa_mark"].to_list() == ["c", "c", None]
    assert kept.table["enrolments_mark"].null_count() == 3
    assert (kept.cost.n_small, kept.cost.n_complementary) == (1, 1)
    assert kept.cost.weight == kept.cost.weight_bound, "proved least"


def test_zeros_are_shown_and_a_rate_of_nobody_is_not_applicable() -> None:
    kept = disclosure.protect(one_school(0, 163, 0, 22), LAYOUT, PLAIN)

    assert kept.table["enrolments"].to_list() == [0, 163, 163]
    assert kept.table["pa_percent_mark"].to_list() == ["z", None, None]


def test_a_figure_that_rounds_to_nought_is_marked_low() -> None:
    rules = dataclasses.replace(PLAIN, threshold=2, rounding=10)
    kept = disclosure.protect(one_school(400, 300, 4, 60), LAYOUT, rules)

    assert kept.table.row(0, named=True)["pa"] == 0
    assert kept.table["pa_mark"].to_list() == ["low", None, None]


def test_too_few_people_have_no_rate() -> None:
    kept = disclosure.protect(one_school(21, 163, 0, 22), LAYOUT, REPORTS)

    assert kept.table["pa_percent_mark"].to_list() == ["u", None, None]


def test_a_small_rest_is_protected_where_rules_say_so() -> None:
    rules = dataclasses.replace(PLAIN, is_rest_protected=True)
    table = one_school(41, 163, 40, 22)  # one pupil of 41 is not persistently absent

    assert disclosure.protect(table, LAYOUT, PLAIN).hidden.height == 0
    kept = disclosure.protect(table, LAYOUT, rules)
    assert kept.hidden.filter(fsm="yes").height > 0
    assert disclosure.audit([kept.release]) == ()
    shown = disclosure.protect(table, LAYOUT, PLAIN)
    (finding,) = disclosure.audit([dataclasses.replace(shown.release, rules=rules)])
    assert (finding.low, finding.high) == (1, 1)


def rests_that_fit(table: pl.DataFrame) -> set[int]:
    """Try every whole number: how many pupils with FSM may not be persistently absent."""

    def may_be(column: str, row: int) -> list[int]:
        if table[f"{column}_mark"][row] == "c":
            return list(range(1, 250))
        shown = table[column][row]
        return list(range(max(shown - 2, 10), shown + 3))

    found = set()
    for roll, no_roll in itertools.product(may_be("enrolments", 0), may_be("enrolments", 1)):
        if roll + no_roll not in may_be("enrolments", 2):
            continue
        for pa, no_pa in itertools.product(may_be("pa", 0), may_be("pa", 1)):
            if pa <= roll and no_pa <= no_roll and pa + no_pa in may_be("pa", 2):
                found.add(roll - pa)
    return found


@pytest.mark.parametrize("pa_yes", [36, 39, 41])
def test_that_all_of_a_group_are_in_a_part_is_hidden_where_rules_say_so(pa_yes: int) -> None:
    table = one_school(41, 163, pa_yes, 22)  # every pupil, or nearly, is persistently absent

    kept = disclosure.protect(table, LAYOUT, REPORTS)
    row = kept.table.row(0, named=True)

    assert (row["pa"], row["pa_mark"], row["pa_percent_mark"]) == (None, "c", "c")
    assert disclosure.audit([kept.release]) == ()
    assert max(rests_that_fit(kept.table)) > REPORTS.threshold
    naive = disclosure.protect(table, LAYOUT, dataclasses.replace(REPORTS, is_rest_protected=False))
    assert naive.hidden.height == 0, "nothing is small, so only the rest can be why it is hidden"
    assert max(rests_that_fit(naive.table)) <= REPORTS.threshold
    (finding,) = disclosure.audit([dataclasses.replace(naive.release, rules=REPORTS)])
    assert (finding.where, finding.column) == ("fsm yes", "enrolments outside a part of it")
    assert finding.high <= REPORTS.threshold
    before = disclosure.protect(table.drop("pa"), ONLY_ROLL, REPORTS, name="roll")
    again = disclosure.protect(table, LAYOUT, REPORTS, name="pa", released=[before.release])
    assert again.table["pa_mark"][0] == "c"
    assert disclosure.audit([before.release, again.release]) == ()


def test_a_group_of_nobody_has_no_rest_to_hide() -> None:
    kept = disclosure.protect(one_school(0, 163, 0, 22), LAYOUT, REPORTS)
    before = disclosure.protect(
        one_school(0, 163, 0, 22).drop("pa"), ONLY_ROLL, REPORTS, name="roll"
    )
    again = disclosure.protect(
        one_school(0, 163, 0, 22), LAYOUT, REPORTS, name="pa", released=[before.release]
    )

    assert kept.hidden.height == again.hidden.height == 0
    assert disclosure.audit([before.release, again.release]) == ()


def test_sessions_are_hidden_with_their_pupils() -> None:
    table = one_school(2, 163, 0, 22).with_columns(sess=pl.Series([600, 50_000, 50_600]))
    layout = dataclasses.replace(LAYOUT, sums={"sess": "enrolments"})
    kept = disclosure.protect(table, layout, PLAIN)

    assert kept.table["sess_mark"].to_list() == ["c", "c", None]
    assert disclosure.audit([kept.release]) == ()


def test_rounding_hides_what_would_be_told_without_it() -> None:
    areas = {f"s{k}": "all" for k in range(6)}
    table = pl.DataFrame({"area": [*areas, "all"], "n": [3, 31, 42, 28, 55, 67, 226]})
    layout = TableLayout(dimensions=("area",), counts=("n",), totals={"area": areas})

    kept = disclosure.protect(table, layout, REPORTS)

    assert kept.cost.n_complementary == 0, "rounding alone keeps it"
    bare = table.with_columns(
        n_mark=pl.when(pl.col("n") == 3).then(pl.lit("c")),
        n=pl.when(pl.col("n") == 3).then(None).otherwise("n"),
    )
    exact = dataclasses.replace(REPORTS, rounding=1)
    (finding,) = disclosure.audit([Release(name="r", layout=layout, rules=exact, table=bare)])
    assert (finding.low, finding.high) == (3, 3)


BY_FSM = TableLayout(dimensions=("fsm",), counts=("n",), totals={"fsm": FSM})
BY_BOTH = TableLayout(
    dimensions=("fsm", "sen"), counts=("n",),
    totals={"fsm": FSM, "sen": {"sen": "all", "none": "all"}},
)  # fmt: skip
FIRST = pl.DataFrame({"fsm": ["yes", "no", "all"], "n": [2, 30, 32]})
SPLIT = pl.DataFrame({"fsm": ["no", "no"], "sen": ["sen", "none"], "n": [10, 20]})


def test_differencing_two_releases_uncovers_what_the_ledger_would_have_kept() -> None:
    earlier = disclosure.protect(FIRST, BY_FSM, PLAIN, name="first")
    assert earlier.table["n_mark"].to_list() == ["c", "c", None]

    naive = disclosure.protect(SPLIT, BY_BOTH, PLAIN, name="second")
    assert naive.hidden.height == 0, "by itself it shows nothing small"
    found = disclosure.audit([earlier.release, naive.release])
    assert ("fsm yes", 2, 2) in [(each.where, each.low, each.high) for each in found]

    kept = disclosure.protect(SPLIT, BY_BOTH, PLAIN, name="second", released=[earlier.release])
    assert kept.hidden["reason"].to_list() == ["complementary"]
    assert disclosure.audit([earlier.release, kept.release]) == ()


def test_what_was_hidden_stays_hidden() -> None:
    earlier = disclosure.protect(FIRST, BY_FSM, PLAIN, name="first")
    only_large = FIRST.filter(pl.col("fsm") == "no")

    assert disclosure.protect(only_large, BY_FSM, PLAIN).hidden.height == 0
    kept = disclosure.protect(only_large, BY_FSM, PLAIN, released=[earlier.release])
    assert kept.hidden["reason"].to_list() == ["hidden before"]


def test_the_same_release_twice_is_no_more_than_once() -> None:
    earlier = disclosure.protect(FIRST, BY_FSM, PLAIN, name="first")
    again = disclosure.protect(FIRST, BY_FSM, PLAIN, name="again", released=[earlier.release])

    assert again.table.equals(earlier.table)


def test_what_is_given_away_already_cannot_be_hidden() -> None:
    table = one_school(5, 163, 0, 22)
    out = disclosure.protect(table, LAYOUT, PLAIN, name="summer")

    with pytest.raises(Conflict, match=r"enrolments of fsm yes.*summer"):
        disclosure.protect(table, LAYOUT, REPORTS, released=[out.release])


def test_a_revised_figure_is_refused() -> None:
    out = disclosure.protect(one_school(50, 163, 20, 22), LAYOUT, PLAIN, name="summer")

    with pytest.raises(Conflict, match=r"pa of fsm yes is not what summer shows"):
        disclosure.protect(one_school(50, 163, 21, 22), LAYOUT, PLAIN, released=[out.release])


def test_people_under_several_labels_need_not_add_up() -> None:
    table = pl.DataFrame({"term": ["a", "b", "all"], "n": [40, 45, 50]})
    layout = TableLayout(
        dimensions=("term",), counts=("n",), totals={"term": "all"}, overlapping={"term": ("n",)}
    )

    assert disclosure.protect(table, layout, PLAIN).hidden.height == 0
    with pytest.raises(DataProblem, match=r"n does not add up at term all"):
        disclosure.protect(table, dataclasses.replace(layout, overlapping={}), PLAIN)


def test_those_of_no_label_are_a_group_of_their_own() -> None:
    table = pl.DataFrame({"fsm": ["yes", "no", "all"], "n": [40, 58, 99]})  # one unclassified
    layout = TableLayout(
        dimensions=("fsm",), counts=("n",), totals={"fsm": "all"}, incomplete=("fsm",)
    )
    rules = dataclasses.replace(PLAIN, is_rest_protected=True)

    kept = disclosure.protect(table, layout, rules)

    assert kept.hidden.height > 0
    assert disclosure.audit([kept.release]) == ()


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (pl.DataFrame({"fsm": ["yes"]}), "absent_column"),
        (pl.DataFrame({"fsm": [None, "all"], "n": [1, 1]}), "missing_value"),
        (pl.DataFrame({"fsm": ["yes", "yes"], "n": [1, 1]}), "repeated_key"),
        (pl.DataFrame({"fsm": ["yes", "all"], "n": [None, 1]}), "missing_value"),
        (pl.DataFrame({"fsm": ["yes", "all"], "n": [1.5, 1.5]}), "no_count"),
        (pl.DataFrame({"fsm": ["yes", "all"], "n": [-1, -1]}), "no_count"),
        (pl.DataFrame({"fsm": ["yes", "all"], "n": [3, 2]}), "does_not_add_up"),
    ],
)
def test_a_table_that_cannot_be_judged_is_refused(table: pl.DataFrame, code: str) -> None:
    layout = TableLayout(dimensions=("fsm",), counts=("n",), totals={"fsm": "all"})
    with pytest.raises(DataProblem) as caught:
        disclosure.protect(table, layout, PLAIN)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_rules_that_are_not_there_are_named() -> None:
    with pytest.raises(UsageError, match="reports, school-tables, pupil-answers, staff"):
        disclosure.rules("none")


def test_two_hierarchies_at_once_are_both_held() -> None:
    authority = {"s1": "la 1", "s2": "la 1", "s3": "la 2", "s4": "la 2"}
    trust = {"s1": "trust a", "s2": "trust b", "s3": "trust a", "s4": "trust b"}
    counts = {"s1": 1, "s2": 20, "s3": 30, "s4": 40}
    sums = {
        whole: sum(n for school, n in counts.items() if way[school] == whole)
        for way in (authority, trust)
        for whole in way.values()
    }
    every = {**counts, **sums, "all": 91}
    table = pl.DataFrame({"area": list(every), "n": list(every.values())})
    top = {"la 1": "all", "la 2": "all"}
    layout = TableLayout(
        dimensions=("area",), counts=("n",),
        totals={"area": [authority | top, trust | {"trust a": "all", "trust b": "all"}]},
    )  # fmt: skip

    kept = disclosure.protect(table, layout, PLAIN)

    assert sorted(kept.hidden["area"]) == ["s1", "s2", "s3", "s4"], "a way round both totals"
    one = dataclasses.replace(layout, totals={"area": authority | top})
    naive = disclosure.protect(table.filter(~pl.col("area").str.contains("trust")), one, PLAIN)
    both = dataclasses.replace(naive.release, layout=layout)
    totals = table.filter(pl.col("area").str.contains("trust")).with_columns(
        n_mark=pl.lit(None, pl.String)
    )
    seen = dataclasses.replace(both, table=pl.concat([both.table, totals]))
    assert next((each.where, each.low) for each in disclosure.audit([seen])) == ("area s1", 1)


def test_the_same_table_gives_the_same_answer() -> None:
    table = one_school(41, 163, 2, 22)
    first, second = (disclosure.protect(table, LAYOUT, REPORTS) for _ in range(2))
    assert first.table.equals(second.table)


def test_a_table_of_one_figure_can_be_published_and_held_against_parts() -> None:
    whole = TableLayout(dimensions=(), counts=("n",), totals={})
    one = disclosure.protect(pl.DataFrame({"n": [32]}), whole, PLAIN, name="whole")
    assert one.table["n"].to_list() == [32]
    assert disclosure.audit([one.release]) == ()
    assert disclosure.protect(pl.DataFrame({"n": [2]}), whole, PLAIN).hidden.height == 1

    parts = FIRST.filter(pl.col("fsm") != "all")
    alone = disclosure.protect(parts, BY_FSM, PLAIN, name="parts")
    assert alone.hidden["reason"].to_list() == ["small"]
    (found,) = disclosure.audit([one.release, alone.release])
    assert (found.where, found.low, found.high) == ("fsm yes", 2, 2)
    kept = disclosure.protect(parts, BY_FSM, PLAIN, name="parts", released=[one.release])
    assert disclosure.audit([one.release, kept.release]) == ()
