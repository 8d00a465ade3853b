"""Broken as text or as a table: encodings, headers, rows of the wrong length, unknown layouts."""

import json

from gallery.making import (
    PUPIL_NAME,
    UPN,
    Broken,
    absence,
    file,
    gias,
    links,
    ofsted,
    performance,
    schools,
)

FETCH = "Fetch it again"
_ROW = absence().splitlines()[1]
_ACCENTED = links({"LinkName": "École Ste Thérèse"})


def _absence_without(heading: str) -> str:
    return absence().replace(f"{heading},", "kept_away,", 1)


def _open_quote() -> str:
    rows = absence(*schools(3)).splitlines()
    return "\n".join([rows[0], rows[1], rows[2].replace("Newcastle", '"Newcastle'), rows[3], ""])


def _markers(*lengths: int) -> str:
    full = ["900001", "A", 54.9, -1.6, "P", 2, 205, *range(10), 0]
    return json.dumps([full[:n] for n in lengths])


ENCODINGS = [
    Broken(
        name="UTF-16 with its mark",
        make=file(links().encode("utf-16")),
        code="utf_16",
        says=("the text is UTF-16", "CSV UTF-8"),
    ),
    Broken(
        name="UTF-16 without a mark",
        make=file(links().encode("utf-16-le")),
        code="utf_16",
        says=("the text is UTF-16", "CSV UTF-8"),
    ),
    Broken(
        name="NUL byte",
        make=file(links().replace("Old", "O\0d")),
        code="nul_byte",
        says=("NUL byte", FETCH),
        row=2,
    ),
    Broken(
        name="byte of no encoding",
        make=file(links({}, {"URN": "900003"}).encode().replace(b"900003", b"90000\x81")),
        code="unknown_encoding",
        says=("byte 0x81 belongs to neither UTF-8 nor Windows-1252", "CSV UTF-8"),
        row=3,
    ),
    Broken(
        name="Windows-1252 below a UTF-8 mark",
        make=file(b"\xef\xbb\xbf" + _ACCENTED.encode("cp1252")),
        code="mixed_encoding",
        says=("byte 0xC9", "UTF-8", "CSV UTF-8"),
        row=2,
    ),
]

HEADERS = [
    Broken(
        name="10,000 columns",
        make=file(lambda: ",".join([links().splitlines()[0], *map(str, range(10_000))]) + "\n1\n"),
        code="too_many_columns",
        says=("the table has 10,005 columns; 2,000 are read at most", "the file you meant"),
    ),
    Broken(
        name="one giant line",
        make=file(lambda: "a" * 3_000_000),
        code="not_a_table",
        says=("a cell has more than 131,072 characters", "quotation mark that is not closed"),
        row=1,
    ),
    Broken(
        name="one giant line of commas",
        make=file(lambda: "a," * 1_500_000),
        code="too_many_columns",
        says=("2,000 are read at most", "the file you meant"),
    ),
    Broken(
        name="semicolons between cells",
        make=file(links().replace(",", ";")),
        code="not_recognised",
        says=("cells are separated by semicolons, not commas", "Save it as CSV"),
        row=1,
    ),
    Broken(
        name="tabs between cells",
        make=file(links().replace(",", "\t")),
        code="not_recognised",
        says=("cells are separated by tabs, not commas", "Save it as CSV"),
        row=1,
    ),
    Broken(
        name="table nobody knows",
        make=file("town,rainfall\nAlston,1200\n"),
        code="not_recognised",
        says=("no published layout has the header town, rainfall", "file-kinds.md"),
        row=1,
    ),
    Broken(
        name="column renamed",
        make=file(_absence_without("sess_overall_percent")),
        code="columns_missing",
        says=("lacks sess_overall_percent", "restore the column names"),
        row=1,
        column="sess_overall_percent",
    ),
    Broken(
        name="header missing",
        make=file("".join(links(*({} for _ in range(3))).splitlines(keepends=True)[1:])),
        code="no_header",
        says=("there is no header", "column names back"),
        row=1,
    ),
    Broken(
        name="pupils without a header",
        make=file(f"{UPN},{PUPIL_NAME},2012-03-04,95.1\n"),
        code="no_header",
        says=("there is no header", "column names back"),
        row=1,
    ),
    Broken(
        name="list of pupils",
        make=file(f"UPN,Surname,Forename,Attendance\n{UPN},{PUPIL_NAME},95.1\n"),
        code="not_recognised",
        says=("no published layout has the header UPN, Surname, Forename", "file-kinds.md"),
        row=1,
    ),
    Broken(
        name="header twice",
        make=file(absence() + absence({"urn": "900002"})),
        code="header_again",
        says=("the header stands here again", "Remove this line"),
        row=3,
    ),
    Broken(
        name="column twice",
        make=file("URN," + links().replace("\n900001", "\n900009,900001")),
        code="repeated_column",
        says=("the column URN stands in the header more than once", "Remove the copies"),
        row=1,
        column="URN",
    ),
    Broken(
        name="only a header",
        make=file(absence().splitlines()[0] + "\n"),
        code="no_rows",
        says=("a header and no row below it", FETCH),
    ),
    Broken(
        name="only title lines",
        make=file("".join(ofsted().splitlines(keepends=True)[:2])),
        code="not_recognised",
        says=("no published layout has the header Management information", "file-kinds.md"),
        row=1,
    ),
]

ROWS = [
    Broken(
        name="short row",
        make=file(absence() + "201718,six half terms,School\n"),
        code="ragged_row",
        says=("the row has 3 fields, the header has 20", "missing or a stray comma"),
        row=3,
        value="3",
    ),
    Broken(
        name="long row",
        make=file(absence() + _ROW.replace("900001", "900002") + ",more\n"),
        code="ragged_row",
        says=("the row has 21 fields, the header has 20", "missing or a stray comma"),
        row=3,
        value="21",
    ),
    Broken(
        name="comma in a name without quotes",
        make=file(gias().replace("First School", "First School, The")),
        code="ragged_row",
        says=("the row has 18 fields, the header has 17", "a comma in a name without quotes"),
        row=2,
        value="18",
    ),
    Broken(
        name="30 short rows",
        make=file(absence() + "1,2\n" * 30),
        code="ragged_row",
        says=("row 22: the row has 2 fields", "10 other rows have the same fault (rows 23, 24,"),
        row=3,
        value="2",
        n_problems=20,
    ),
    Broken(
        name="quotation mark never closed",
        make=file(_open_quote()),
        code="open_quote",
        says=("a quotation mark is opened and never closed", "Close it"),
        row=3,
    ),
]

KINDS = [
    Broken(
        name="JSON cut short",
        make=file('[["900001", "A"', "markers.json"),
        code="bad_json",
        says=("it is not JSON", FETCH),
    ),
    Broken(
        name="JSON of another shape",
        make=file('{"schools": [{"urn": "900001"}]}', "schools.json"),
        code="not_recognised",
        says=("the JSON is of no published file we know", "file-kinds.md"),
    ),
    Broken(
        name="JSON nested without end",
        make=file("[" * 200_000, "deep.json"),
        code="bad_json",
        says=("it is not JSON", FETCH),
    ),
    Broken(
        name="marker with a value too few",
        make=file(_markers(18, 17, 18, 17), "markers.json"),
        code="odd_marker",
        says=("the array of school 2 does not have 18 values", "1 other row has the same fault"),
        row=2,
    ),
    Broken(
        name="absence of an unknown period",
        make=file(absence({}, {"urn": "900002", "time_period": "2017"})),
        code="unknown_year",
        says=("time_period is 2017", "an academic year, such as 201718"),
        row=3,
        column="time_period",
        value="2017",
    ),
    Broken(
        name="years that do not follow one another",
        make=file(absence({"time_period": "201719"})),
        code="unknown_year",
        says=("time_period is 201719", "an academic year, such as 201718"),
        row=2,
        column="time_period",
        value="201719",
    ),
    Broken(
        name="unknown level",
        make=file(absence({"geographic_level": "Parish"})),
        code="unknown_level",
        says=("geographic_level is 'Parish'", "Expected School, Local authority"),
        row=2,
        column="geographic_level",
        value="Parish",
    ),
    Broken(
        name="one term instead of the year",
        make=file(absence({"year_breakdown": "Autumn term"})),
        code="unknown_half_terms",
        says=("year_breakdown is 'Autumn term'", "five half terms or six half terms"),
        row=2,
        column="year_breakdown",
        value="Autumn term",
    ),
    Broken(
        name="year nowhere stated",
        make=file(performance("391,2000,900001,4.4,9\n"), "abs.csv"),
        code="year_not_stated",
        says=("which academic year it is of", "--year abs.csv=2018/19"),
    ),
]

CASES = [*ENCODINGS, *HEADERS, *ROWS, *KINDS]
