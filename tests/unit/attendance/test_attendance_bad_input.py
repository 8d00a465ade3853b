"""What can be wrong with an export is named with its row, and good rows stay only if asked."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

import exporting as x
from schoolhubs.attendance import reading
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.records.published import ReadingLimits

Rows = list[dict[str, str]]


def export(folder: Path, content: bytes, mapping: str, **options: object) -> reading.SchoolMarks:
    """Read an export of the school of ``exporting``."""
    return reading.read_export(
        x.saved(folder, "export.csv", content),
        reading.read_mapping(x.saved(folder, "mapping.yaml", mapping)),
        **{
            "urn": x.URN,
            "key": x.KEY,
            "terms": reading.read_terms(x.saved(folder, "terms.yaml", x.TERMS)),
            **options,
        },
    )


def refused(
    folder: Path, content: bytes, mapping: str = x.SESSION_MAPPING, **options: object
) -> tuple[Problem, ...]:
    """Give what is wrong with an export that must be refused."""
    with pytest.raises(DataProblem) as caught:
        export(folder, content, mapping, **options)
    return caught.value.problems


# Rows 2 to 31 are good; each of these makes the row after them bad: what differs, and its code.
ONE_BAD_ROW = {
    "outside_term": {"Date": "28/10/2024"},
    "weekend": {"Date": "14/09/2024"},
    "closed_day": {"Date": "14/10/2024"},
    "before_admission": {"Date": "16/09/2024", "Admitted": "17/09/2024"},
    "after_leaving": {"Date": "16/09/2024", "Left": "13/09/2024"},
    "left_before_admission": {"Date": "16/09/2024", "Left": "01/09/2023", "Mark": "#"},
    "unknown_code": {"Date": "16/09/2024", "Mark": "QQ"},
    "code_not_in_force": {"Date": "16/09/2024", "Mark": "H"},
    "another_schools_row": {"Date": "16/09/2024", "URN": "900002"},
    "school_missing": {"Date": "16/09/2024", "URN": ""},
    "pupil_missing": {"Date": "16/09/2024", "UPN": "", "Surname": ""},
    "bad_date": {"Date": "2024-31-12"},
    "bad_session": {"Date": "16/09/2024", "Session": "evening"},
    "bad_year_group": {"Date": "16/09/2024", "Year": "99"},
    "bad_yes_or_no": {"Date": "16/09/2024", "FSM": "perhaps"},
    "bad_sex": {"Date": "16/09/2024", "Sex": "?"},
    "bad_total": {"Date": "16/09/2024", "Possible": "ten"},
    "attended_above_possible": {"Date": "16/09/2024", "Possible": "10", "Attended": "11"},
    "pupil_twice": {},
    "before_first_table": {"Date": "03/09/2012", "Admitted": ""},
}
BESIDE = {"code_not_in_force": {"mixed_regimes"}, "before_first_table": {"outside_term"}}


@pytest.mark.parametrize("code", ONE_BAD_ROW)
def test_a_bad_row_is_named_and_nothing_is_kept(tmp_path: Path, code: str) -> None:
    rows = x.session_rows()
    content = x.as_csv(x.SESSION_HEADINGS, [*rows, {**rows[0], **ONE_BAD_ROW[code]}])
    found = refused(tmp_path, content)
    assert {each.code for each in found} - BESIDE.get(code, set()) == {code}
    assert all(each.row == 32 and each.file == "export.csv" and each.remedy for each in found)


@pytest.mark.parametrize("code", ONE_BAD_ROW)
def test_good_rows_are_kept_if_asked_and_what_is_left_out_is_counted(
    tmp_path: Path, code: str
) -> None:
    rows = x.session_rows()
    content = x.as_csv(x.SESSION_HEADINGS, [*rows, {**rows[0], **ONE_BAD_ROW[code]}])
    found = export(tmp_path, content, x.SESSION_MAPPING, keep_good=True)
    assert sorted(found.marks["marks"]) == sorted(x.STORED)
    assert (found.n_rows, found.n_rows_left_out) == (31, 1)
    assert found.left_out[code] == 1


def test_two_marks_for_one_session_are_neither_kept(tmp_path: Path) -> None:
    rows = x.session_rows()
    content = x.as_csv(x.SESSION_HEADINGS, [*rows, {**rows[0], "Mark": "N"}])
    (problem,) = refused(tmp_path, content)
    assert (problem.code, problem.row, problem.other_rows) == ("two_marks", 2, (32,))
    kept = export(tmp_path, content, x.SESSION_MAPPING, keep_good=True)
    assert kept.n_marks == 29


def test_a_pupil_twice_in_a_week_is_named(tmp_path: Path) -> None:
    rows = x.week_rows()
    content = x.as_csv(x.WEEK_HEADINGS, [*rows, rows[1]])
    (problem,) = refused(tmp_path, content, x.WEEK_MAPPING)
    assert (problem.code, problem.row) == ("pupil_twice", 5)


def test_a_pupil_of_whom_two_rows_say_different_things_is_named(tmp_path: Path) -> None:
    rows = x.session_rows()
    rows[3]["Year"] = "9"
    content = x.as_csv(x.SESSION_HEADINGS, rows)
    (problem,) = refused(tmp_path, content)
    assert (problem.code, len(problem.other_rows)) == ("pupil_differs", 9)


def test_two_tables_of_codes_in_one_file_are_named_and_the_earlier_left_out(
    tmp_path: Path,
) -> None:
    rows = x.session_rows()
    old = [{**row, "Date": "10/06/2024"} for row in rows[:1]]
    content = x.as_csv(x.SESSION_HEADINGS, [*old, *rows])
    (problem,) = refused(tmp_path, content)
    assert (problem.code, problem.row) == ("mixed_regimes", 2)
    assert "2024-08-19" in problem.fault
    assert export(tmp_path, content, x.SESSION_MAPPING, keep_good=True).n_marks == 30


def test_codes_of_today_are_refused_in_the_years_before_them(tmp_path: Path) -> None:
    rows = [{**x.session_rows()[0], "Date": "10/06/2024", "Mark": mark} for mark in ("C2", "H")]
    rows[1]["Session"] = "PM"
    found = refused(tmp_path, x.as_csv(x.SESSION_HEADINGS, rows))
    assert {each.code for each in found} == {"code_not_in_force", "mixed_regimes"}
    assert "C2" in next(each.fault for each in found if each.code == "code_not_in_force")


def test_closures_may_stand_outside_the_terms_and_before_admission(tmp_path: Path) -> None:
    rows = x.session_rows()
    for day, mark in (("28/10/2024", "#"), ("29/10/2024", ""), ("14/10/2024", "#")):
        rows.append({**rows[0], "Date": day, "Mark": mark})
    rows.append({**rows[0], "Date": "16/09/2024", "Mark": "Z", "Admitted": "17/09/2024"})
    found = export(tmp_path, x.as_csv(x.SESSION_HEADINGS, rows), x.SESSION_MAPPING)
    assert not found.problems
    assert "".join(found.marks["marks"]).count("Z") == 1


def test_ragged_rows_are_one_problem_with_every_row(tmp_path: Path) -> None:
    lines = x.as_csv(x.SESSION_HEADINGS, x.session_rows()).splitlines(keepends=True)
    content = b"".join([*lines, *[b"a,b\r\n"] * 30])
    (problem,) = refused(tmp_path, content)
    assert (problem.code, problem.row, len(problem.other_rows)) == ("ragged_row", 32, 29)
    assert export(tmp_path, content, x.SESSION_MAPPING, keep_good=True).n_rows_left_out == 30


def test_a_thousand_faults_are_said_in_at_most_twenty_kinds(tmp_path: Path) -> None:
    rows = x.session_rows()
    bad = [{**rows[0], **wrong} for wrong in ONE_BAD_ROW.values()] * 100
    found = refused(tmp_path, x.as_csv(x.SESSION_HEADINGS, [*rows, *bad]))
    assert 10 < len(found) <= 20
    assert len({(each.code, each.column) for each in found}) == len(found)
    assert all(len(each.other_rows) < 1000 for each in found)


def test_another_schools_file_is_refused_even_if_good_rows_are_asked_for(tmp_path: Path) -> None:
    content = x.as_csv(x.SESSION_HEADINGS, x.session_rows())
    problems = refused(tmp_path, content, urn="900002", keep_good=True)
    assert [each.code for each in problems] == ["another_schools_row"]
    assert len(problems[0].other_rows) == 29


def _zeros(content: bytes) -> bytes:
    return content.replace(b"Zzquimby", b"Zz\0uimby", 1)


WHOLE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "empty_file"),
    "blank lines": (lambda _: b"\r\n \r\n", "empty_file"),
    "only headings": (lambda content: content.splitlines(keepends=True)[0], "no_rows"),
    "no headings": (lambda content: content.split(b"\r\n", 1)[1], "columns_missing"),
    "UTF-16": (lambda content: content.decode().encode("utf-16"), "utf_16"),
    "no encoding": (lambda content: content.replace(b"Zz", b"\xc3\x81\x8d"), "unknown_encoding"),
    "NUL": (_zeros, "nul_byte"),
    "a PDF": (lambda content: b"%PDF-1.7" + content, "not_text"),
    "a web page": (lambda content: b"<html>" + content, "not_text"),
    "an open quotation mark": (
        lambda content: content.replace(b"Xx", b'"Xx', 1) + b"x" * 140_000,
        "not_a_table",
    ),
    "a damaged workbook": (lambda content: b"PK\x03\x04" + content, "damaged_archive"),
    "a damaged Parquet": (lambda content: b"PAR1" + content + b"PAR1", "damaged_file"),
    "a column twice": (lambda content: content.replace(b"Surname", b"UPN", 1), "columns_missing"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_no_table_is_named(tmp_path: Path, name: str) -> None:
    make, code = WHOLE[name]
    problems = refused(tmp_path, make(x.as_csv(x.SESSION_HEADINGS, x.session_rows())))
    assert [each.code for each in problems] == [code]
    assert problems[0].remedy


def test_a_file_that_is_absent_or_a_folder_is_named(tmp_path: Path) -> None:
    mapping = reading.read_mapping(x.saved(tmp_path, "mapping.yaml", x.WEEK_MAPPING))
    terms = reading.read_terms(x.saved(tmp_path, "terms.yaml", x.TERMS))
    for path, code in ((tmp_path, "is_a_folder"), (tmp_path / "none.csv", "no_such_file")):
        with pytest.raises(DataProblem) as caught:
            reading.read_export(path, mapping, urn=x.URN, terms=terms, key=x.KEY)
        assert caught.value.problems[0].code == code


CORNERS = '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
WIDE = '<row r="1"><c r="A1"/><c r="XFD1"/></row>'
UNPLACED = "<row>" + "<c/>" * 3000 + "</row>"
SPREAD = '<row r="1"><c r="A1"/></row><row r="1000000"><c r="BA1"/></row>'


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (CORNERS, "too_many_columns"),
        (WIDE, "too_many_columns"),
        (UNPLACED, "too_many_columns"),
        (SPREAD, "too_many_rows"),
    ],
)
def test_a_sheet_that_would_fill_memory_is_refused(tmp_path: Path, rows: str, code: str) -> None:
    problems = refused(tmp_path, x.as_workbook(rows))
    assert [each.code for each in problems] == [code]


def test_a_long_text_in_every_cell_is_refused(tmp_path: Path) -> None:
    strings = f"<sst><si><t>{'y' * 30_000}</t></si></sst>"
    cells = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="CV{n}"/></row>' for n in range(1, 1001)
    )
    content = x.as_workbook(cells, **{"xl/sharedStrings.xml": strings})
    assert [each.code for each in refused(tmp_path, content)] == ["unpacks_too_large"]


def test_sizes_past_the_limits_are_refused(tmp_path: Path) -> None:
    rows = x.session_rows()
    few = dataclasses.replace(ReadingLimits(), rows=5)
    parquet = x.as_parquet(x.SESSION_HEADINGS, rows)
    assert refused(tmp_path, parquet, limits=few)[0].code == "too_many_rows"
    small = dataclasses.replace(ReadingLimits(), unpacked_bytes=100)
    assert refused(tmp_path, parquet, limits=small)[0].code == "unpacks_too_large"
    tiny = dataclasses.replace(ReadingLimits(), plain_bytes=100)
    content = x.as_csv(x.SESSION_HEADINGS, rows)
    assert refused(tmp_path, content, limits=tiny)[0].code == "file_too_large"


def test_an_own_code_that_stands_for_nothing_is_refused(tmp_path: Path) -> None:
    mapping = x.SESSION_MAPPING.replace("IX: I", "IX: ZZ")
    content = x.as_csv(x.SESSION_HEADINGS, x.session_rows())
    assert refused(tmp_path, content, mapping)[0].code == "own_code_unknown"


def test_an_own_code_may_not_change_an_official_one(tmp_path: Path) -> None:
    mapping = x.SESSION_MAPPING.replace("IX: I", "I: B")
    content = x.as_csv(x.SESSION_HEADINGS, x.session_rows())
    assert refused(tmp_path, content, mapping)[0].code == "official_code_changed"


def test_a_schools_own_code_is_read_as_what_it_stands_for(tmp_path: Path) -> None:
    rows = x.session_rows()
    rows[4]["Mark"] = "IX"
    found = export(tmp_path, x.as_csv(x.SESSION_HEADINGS, rows), x.SESSION_MAPPING)
    assert sorted(found.marks["marks"]) == sorted(x.STORED)


def test_a_column_of_laestabs_is_checked_or_refused(tmp_path: Path) -> None:
    """Unchecked, another school's rows would pass in silence."""
    mapping = x.SESSION_MAPPING.replace("urn: URN", "laestab: URN")
    content = x.as_csv(x.SESSION_HEADINGS, [{**row, "URN": "919/4117"} for row in x.session_rows()])
    assert export(tmp_path, content, mapping, laestab="9194117").n_rows_left_out == 0
    (found,) = refused(tmp_path, content, mapping, laestab="9194118")
    assert found.code == "another_schools_row"
    with pytest.raises(UsageError, match="LAESTAB"):
        export(tmp_path, content, mapping)


def test_what_differs_between_rows_of_a_pupil_is_named_by_its_own_column(tmp_path: Path) -> None:
    rows = x.session_rows()
    rows[1] = {**rows[1], "Sex": "M" if rows[1].get("Sex") == "F" else "F"}
    columns = {each.column for each in refused(tmp_path, x.as_csv(x.SESSION_HEADINGS, rows))}
    assert columns == {"Sex"}
