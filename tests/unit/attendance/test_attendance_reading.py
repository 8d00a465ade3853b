"""A school's own export becomes MARKS, whatever its layout and format."""

import datetime
import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import exporting as x
from schoolhubs.attendance import reading
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.frames import MARKS

Format = Callable[..., bytes]
FORMATS = {"csv": x.as_csv, "xlsx": x.as_xlsx, "parquet": x.as_parquet}


def read(folder: Path, content: bytes, mapping: str, **options: object) -> reading.SchoolMarks:
    """Read an export of the school of ``exporting``."""
    given = {"urn": x.URN, "key": x.KEY, **options}
    return reading.read_export(
        x.saved(folder, "export", content),
        reading.read_mapping(x.saved(folder, "mapping.yaml", mapping)),
        terms=reading.read_terms(x.saved(folder, "terms.yaml", x.TERMS)),
        **given,
    )


LAYOUTS = {
    "one mark a row": (x.SESSION_MAPPING, x.SESSION_HEADINGS, x.session_rows),
    "codes with commas": (x.WEEK_MAPPING, x.WEEK_HEADINGS, x.week_rows),
    "ten columns": (x.DAYS_MAPPING, x.DAYS_HEADINGS, x.days_rows),
}


@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_and_format_gives_the_same_marks(
    tmp_path: Path, layout: tuple[str, tuple[str, ...], Callable[[], list[dict[str, str]]]],
    written: Format,
) -> None:  # fmt: skip
    mapping, headings, rows = layout
    found = read(tmp_path, written(headings, rows()), mapping)
    MARKS.check(found.marks)
    assert sorted(found.marks["marks"]) == sorted(x.STORED)
    assert found.marks["week_on"].unique().to_list() == [x.MONDAY]
    assert found.marks["half_term"].unique().to_list() == [1]
    assert found.n_marks == 30
    assert not found.problems


def test_a_week_of_ten_letters_is_read(tmp_path: Path) -> None:
    rows = [{**x.week_rows()[0], "Marks": "/\\/\\II-./\\"}]
    found = read(tmp_path, x.as_csv(x.WEEK_HEADINGS, rows), x.WEEK_MAPPING)
    assert found.marks["marks"].to_list() == ["/\\/\\II../\\"]


def test_what_is_said_of_a_pupil_is_kept(tmp_path: Path) -> None:
    content = x.as_csv(x.SESSION_HEADINGS, x.session_rows())
    found = read(tmp_path, content, x.SESSION_MAPPING).marks
    assert found.select("year_group", "fsm", "sex", "ehc").unique().rows() == [(8, True, "F", None)]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_read(tmp_path: Path, separator: str) -> None:
    name = {";": "semicolon", "\t": "tab", "|": "bar"}[separator]
    content = b"Made by a system\r\n\r\n" + x.as_csv(x.WEEK_HEADINGS, x.week_rows(), separator)
    found = read(tmp_path, content, f"separator: {name}\n{x.WEEK_MAPPING}")
    assert sorted(found.marks["marks"]) == sorted(x.STORED)


def test_rows_of_a_workbook_are_numbered_as_it_numbers_them(tmp_path: Path) -> None:
    rows = [*x.week_rows(), {**x.week_rows()[0], "Marks": "/"}]
    content = x.as_xlsx(x.WEEK_HEADINGS, rows, first_row=5)
    with pytest.raises(DataProblem) as caught:
        read(tmp_path, content, x.WEEK_MAPPING)
    assert [(each.code, each.row) for each in caught.value.problems] == [("not_ten_marks", 9)]


def test_a_parquet_with_numbers_dates_and_flags_is_read(tmp_path: Path) -> None:
    rows = x.session_rows()
    for row in rows:
        row["Left"] = "20/12/2024"
    texts = pl.DataFrame(rows)
    day = pl.col("Date", "Admitted", "Left").str.to_date("%d/%m/%Y")
    typed = texts.with_columns(
        day.cast(pl.Datetime),
        pl.col("UPN").str.slice(1).cast(pl.Int64),
        pl.col("URN", "Year").cast(pl.Int32),
        pl.col("Possible").cast(pl.Float64),
        pl.col("Attended").cast(pl.Int8),
        pl.col("FSM") == "Y",
        pl.col("Sex").cast(pl.Categorical),
    )
    out = io.BytesIO()
    typed.write_parquet(out)
    found = read(tmp_path, out.getvalue(), x.SESSION_MAPPING)
    assert sorted(found.marks["marks"]) == sorted(x.STORED)
    assert found.marks.select("year_group", "fsm", "sex").unique().rows() == [(8, True, "F")]


def test_a_workbook_with_real_dates_and_numbers_is_read(tmp_path: Path) -> None:
    day = (x.MONDAY - datetime.date(1899, 12, 30)).days
    head = "".join(
        f'<c r="{x.letters(n)}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for n, name in enumerate(("UPN", "Week", "Marks", "Year"))
    )
    cells = (
        f'<c r="A2"><v>801200001001</v></c><c r="B2" s="1"><v>{day}</v></c>'
        '<c r="C2" t="inlineStr"><is><t>/\\/\\/\\/\\/I</t></is></c><c r="D2"><v>8</v></c>'
    )
    parts = {"xl/styles.xml": x.STYLES, "xl/_rels/workbook.xml.rels": x.STYLED}
    content = x.as_workbook(f'<row r="1">{head}</row><row r="2">{cells}</row>', **parts)
    found = read(tmp_path, content, x.WEEK_MAPPING)
    assert found.marks.select("week_on", "marks", "year_group").row(0) == (
        x.MONDAY,
        "/\\/\\/\\/\\/I",
        8,
    )


def test_a_half_term_that_ends_inside_a_week_makes_two_rows(tmp_path: Path) -> None:
    terms = """
half_terms:
- {year: 2024/25, term: autumn, half_term: 1, first_on: 2024-09-03, last_on: 2024-09-10}
- {year: 2024/25, term: autumn, half_term: 2, first_on: 2024-09-12, last_on: 2024-12-20}
"""
    rows = [{**x.week_rows()[0], "Marks": "/,\\,/,\\,#,#,/,\\,/,\\"}]
    found = reading.read_export(
        x.saved(tmp_path, "export.csv", x.as_csv(x.WEEK_HEADINGS, rows)),
        reading.read_mapping(x.saved(tmp_path, "mapping.yaml", x.WEEK_MAPPING)),
        urn=x.URN,
        key=x.KEY,
        terms=reading.read_terms(x.saved(tmp_path, "terms.yaml", terms)),
    )
    assert found.marks.sort("half_term").select("half_term", "marks").rows() == [
        (1, "/\\/\\......"),
        (2, "....../\\/\\"),
    ]


def test_a_pupil_is_another_in_another_school_and_the_same_with_the_same_key(
    tmp_path: Path,
) -> None:
    content = x.as_csv(x.WEEK_HEADINGS, x.week_rows())
    here, again, there, other_key = (
        set(read(tmp_path, content, x.WEEK_MAPPING, **options).marks["pupil"])
        for options in ({}, {}, {"urn": "900002"}, {"key": bytes(range(1, 65))})
    )
    assert here == again
    assert here.isdisjoint(there)
    assert here.isdisjoint(other_key)


def test_parts_of_an_identifier_are_told_apart() -> None:
    parts = [pl.Series(["a b", "a"]), pl.Series(["c", "b c"])]
    one, other = reading.hashed(parts, key=x.KEY, urn=x.URN)
    assert one != other


@pytest.mark.parametrize("key", [b"", b"short", b"a" * 64, b"ab" * 40])
def test_a_key_that_could_be_guessed_is_refused(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(UsageError, match="openssl rand"):
        reading.read_key(x.saved(tmp_path, "key", key))


def test_a_key_is_read_as_hexadecimal_digits_or_bytes(tmp_path: Path) -> None:
    assert reading.read_key(x.saved(tmp_path, "key", x.KEY.hex() + "\n")) == x.KEY
    assert reading.read_key(x.saved(tmp_path, "key", x.KEY)) == x.KEY


def test_a_mapping_is_read_from_json(tmp_path: Path) -> None:
    text = (
        '{"name": "J", "layout": "week", "columns": {"pupil": "U", "week_on": "W", "marks": "M"}}'
    )
    assert reading.read_mapping(x.saved(tmp_path, "m.json", text)).headings == ("U", "M", "W")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no keys"),
        ("name: [", "neither YAML nor JSON"),
        ("name: a\nname: b", "neither YAML nor JSON"),
        ("a: &x [1]\nb: *x", "neither YAML nor JSON"),
        ("[" * 5000, "neither YAML nor JSON"),
        ("name: N\nlayout: week\ncolumns: {pupil: U}", "lacks week_on"),
        ("name: N\nlayout: month\ncolumns: {pupil: U}", "is none of"),
        ("name: N\nlayout: week\ncolumns: {pupil: U, who: W}", "has a key that is none of"),
        ("layout: week\ncolumns: {pupil: U}", "lacks name"),
        ("name: N\nlayout: week\ncolumns: {pupil: U, week_on: W, marks: [a, b]}", "names 2"),
        (x.WEEK_MAPPING + "date_format: '%d/%m/%y'", "date_format is not written as expected"),
        (x.WEEK_MAPPING.replace("marks: Marks", "marks: M, sess_possible: P"), "only one of"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataProblem, match=said):
        reading.read_mapping(x.saved(tmp_path, "mapping.yaml", text))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("2024-07-19", "2024-07-32", "no day of the calendar"),
        ("last_on: 2024-12-20", "last_on: 2024-10-20", "before it begins|ends before"),
        ("2024-06-03", "2023-06-03", "does not lie in 2023/24"),
        ("half_term: 2", "half_term: 1", "out of order"),
        ("[2024-10-14]", "[2024-10-28]", "outside every half-term"),
        ("half_term: 2", "half_term: 7", "is none of"),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    assert was in x.TERMS
    with pytest.raises(DataProblem, match=said):
        reading.read_terms(x.saved(tmp_path, "terms.yaml", x.TERMS.replace(was, becomes, 1)))


def test_a_school_may_open_in_august(tmp_path: Path) -> None:
    """The autumn term is counted from 1 August; the day before is of the year before."""
    for first_on, is_read in (("2024-08-27", True), ("2024-07-31", False)):
        text = x.TERMS.replace("2024-09-03", first_on)
        path = x.saved(tmp_path, "terms.yaml", text)
        if is_read:
            assert first_on in map(str, reading.read_terms(path).days()["on"])
        else:
            with pytest.raises(DataProblem, match="does not lie in 2024/25"):
                reading.read_terms(path)
