"""No name and no pupil's number reaches a result, a message, a log or a written file.

The pupils of ``exporting`` have numbers and names that stand nowhere else. Every good and bad
export is read, and all that comes of it is searched. The negative controls leave one guard off
and must be seen.
"""

import contextlib
import io
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

import exporting as x
from schoolhubs.attendance import reading
from schoolhubs.attendance.reading import exports, noting
from schoolhubs.vocabulary.errors import DataProblem, Problem, SchoolhubsError

MARKERS = tuple(word.casefold() for word in (*x.UPNS, *x.SURNAMES, *x.FORENAMES))
FORMATS: dict[str, Callable[..., bytes]] = {
    "csv": x.as_csv,
    "xlsx": x.as_xlsx,
    "parquet": x.as_parquet,
}
LAYOUTS = {
    "session": (x.SESSION_MAPPING, x.SESSION_HEADINGS, x.session_rows),
    "week": (x.WEEK_MAPPING, x.WEEK_HEADINGS, x.week_rows),
    "days": (x.DAYS_MAPPING, x.DAYS_HEADINGS, x.days_rows),
}


def leaked(text: str) -> set[str]:
    """Name the markers that stand in a text."""
    return {marker for marker in MARKERS if marker in text.casefold()}


def carried(error: BaseException | None) -> str:
    """Give what an error carries about, and every error behind it, shown in a traceback or not."""
    if error is None:
        return ""
    return f"{error} {error.args!r} {carried(error.__cause__)} {carried(error.__context__)}"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[..., str]:
    """Give a function that reads an export and gives all that comes of it, as one text."""
    caplog.set_level(logging.DEBUG)

    def everything(folder: Path, content: bytes, mapping: str, **options: object) -> str:
        out, texts = io.StringIO(), []
        path = x.saved(folder, "export", content)
        terms = reading.read_terms(x.saved(folder, "terms.yaml", x.TERMS))
        given = {"urn": x.URN, "key": x.KEY, "terms": terms, **options}
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                found = reading.read_export(
                    path, reading.read_mapping(x.saved(folder, "m.yaml", mapping)), **given
                )
                found.marks.write_parquet(folder / "marks.parquet", compression="uncompressed")
                found.marks.write_csv(folder / "marks.csv")
                texts += [repr(found), str(found.marks.to_dicts()), *map(_of, found.problems)]
                texts.append(pickle.dumps(found).decode("latin-1"))
            except SchoolhubsError as error:
                # As a log would hold it: with what led to it, and everything it carries.
                texts += ["".join(traceback.format_exception(error)), carried(error)]
                texts += map(_of, getattr(error, "problems", ()))
        written = [each for each in folder.rglob("*") if each.is_file() and each != path]
        texts += [each.read_bytes().decode("latin-1") for each in written]
        texts += [record.getMessage() + repr(record.args) for record in caplog.records]
        return "\n".join([*texts, out.getvalue()])

    return everything


def _of(problem: Problem) -> str:
    return f"{problem} {problem.as_dict()}"


def bad_cells(headings: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Give what differs from a good row: every column in turn holds who the pupil is."""
    for name in headings:
        for marker in (x.UPNS[0], x.SURNAMES[0], x.FORENAMES[0]):
            yield {name: marker}


@pytest.mark.parametrize("keep_good", [False, True])
@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_pupil_leaks_from_any_column_of_any_export(
    tmp_path: Path, said: Callable[..., str], layout: str, written: Callable[..., bytes],
    keep_good: bool,
) -> None:  # fmt: skip
    mapping, headings, rows = LAYOUTS[layout]
    good = rows()
    bad = [{**good[0], **wrong} for wrong in bad_cells(headings)]
    # One by one where it is quick: a fault may hide the next.
    alone = [[one] for one in bad] if written is x.as_csv else []
    for each in ([], bad, *alone):
        text = said(tmp_path, written(headings, [*good, *each]), mapping, keep_good=keep_good)
        assert text
        assert leaked(text) == set()


def broken(content: bytes) -> Iterator[bytes]:
    """Give files that cannot be read, their pupils in the place where readers look."""
    head, body = content.split(b"\r\n", 1)
    yield body  # no headings: the first line is a pupil
    yield content.replace(b"Surname", x.SURNAMES[0].encode(), 1)
    yield head + b"," + x.SURNAMES[0].encode() + b"\r\n" + body
    yield content.replace(b",", b";")
    yield content.decode().encode("utf-16")
    yield content.replace(b"Zz", b"\xc3\x81\x8d")
    yield content.replace(b"Zz", b"Z\0", 1)
    yield content.replace(b"Zz", b'"Zz', 1)
    yield b"%PDF" + content
    yield b"<" + content
    yield b"PAR1" + content + b"PAR1"
    yield b"PK\x03\x04" + content
    yield content + x.SURNAMES[0].encode() + b"\r\n"
    yield content + (x.SURNAMES[0].encode() + b"x" * 140_000)
    sheet = '<row r="1"><c r="A1" t="inlineStr"><is><t>UPN</t></is></c></row>'
    yield x.as_workbook(sheet, **{f"{x.SURNAMES[0]}/../../a": "x"})
    named = x.PARTS["xl/workbook.xml"].replace('name="Marks"', f'name="{x.SURNAMES[0]}"')
    yield x.as_workbook(sheet, **{"xl/workbook.xml": named})
    whole = x.as_workbook(sheet, **{f"{x.SURNAMES[0]}.xml": "x" * 99})
    at = whole.index(b"PK\x01\x02")
    yield whole[: at - 4] + b"????" + whole[at:]


def test_no_pupil_leaks_from_a_file_that_cannot_be_read(
    tmp_path: Path, said: Callable[..., str]
) -> None:
    content = x.as_csv(x.SESSION_HEADINGS, x.session_rows())
    for n, each in enumerate(broken(content)):
        text = said(tmp_path, each, x.SESSION_MAPPING)
        assert "Problem(" in text, f"file {n} was read"
        assert leaked(text) == set()


def test_no_pupil_leaks_where_the_export_is_given_as_the_mapping_or_the_terms(
    tmp_path: Path,
) -> None:
    contents = (
        x.as_csv(x.SESSION_HEADINGS, x.session_rows()).decode(),
        f"{x.SURNAMES[0]}: {x.UPNS[0]}\ncolumns:\n  {x.SURNAMES[0]}: a\nlayout: {x.UPNS[0]}",
        f"a: [{x.UPNS[0]}\n{x.SURNAMES[0]}",
        f"half_terms: [{{year: {x.UPNS[0]}, {x.SURNAMES[0]}: a, first_on: {x.UPNS[0]}}}]",
    )
    for content in contents:
        path = x.saved(tmp_path, "wrong.yaml", content)
        for read in (reading.read_mapping, reading.read_terms):
            with pytest.raises(DataProblem) as caught:
                read(path)
            text = "".join(traceback.format_exception(caught.value)) + carried(caught.value)
            assert leaked(text) == set()


def test_the_search_sees_a_pupil_that_is_not_hashed(
    tmp_path: Path, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: with the hash at the door off, names are in the result."""

    def unhashed(identifiers: list[pl.Series], **_: object) -> pl.Series:
        return identifiers[0].alias("pupil")

    def weeks(checked: pl.DataFrame, urn: str) -> pl.DataFrame:
        return checked.with_columns(urn=pl.lit(urn), marks=pl.lit("/" * 10))

    monkeypatch.setattr(exports, "hashed", unhashed)
    monkeypatch.setattr(exports, "_weeks", weeks)
    text = said(tmp_path, x.as_csv(x.WEEK_HEADINGS, x.week_rows()), x.WEEK_MAPPING)
    assert leaked(text) == {upn.casefold() for upn in x.UPNS}


def test_the_search_sees_a_message_that_repeats_a_cell(
    tmp_path: Path, said: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: a problem that quotes what was found is seen."""
    quoting = noting.Faults.note

    def note(self: noting.Faults, code: str, rows: pl.Series, **words: str) -> None:
        quoting(self, code, rows, **{**words, "column": x.SURNAMES[0]})

    monkeypatch.setattr(noting.Faults, "note", note)
    rows = [{**x.week_rows()[0], "Marks": "/"}]
    assert leaked(said(tmp_path, x.as_csv(x.WEEK_HEADINGS, rows), x.WEEK_MAPPING))
