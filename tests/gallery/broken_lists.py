"""Broken lists of the programme's own: leads, applications, partnerships, overrides, places."""

import gzip

from gallery.making import Broken, Make, file, zipped


def _lead(name: str, code: str, make: Make, *says: str, **place: object) -> Broken:
    return Broken(name=name, code=code, make=make, says=says, reader="leads", **place)  # type: ignore[arg-type]


def _point(name: str, code: str, row: str, column: str, *says: str, n: int = 1) -> Broken:
    return Broken(
        name=name,
        make=file(f"id,lat,lon\n{row}\n", "points.csv"),
        code=code,
        says=says,
        row=2,
        column=column,
        reader="points",
        n_problems=n,
    )


def _partnership(name: str, code: str, row: str, column: str, *says: str) -> Broken:
    text = f"partner_urn,lead_urn,pathway,started_on,finished_on\n{row}\n"
    return Broken(
        name=name,
        make=file(text, "partnerships.csv"),
        code=code,
        says=says,
        row=2,
        column=column,
        reader="partnerships",
    )


LEADS = [
    _lead(
        "leads without a URN column",
        "columns_missing",
        file("school,places\nA,3\n", "leads.csv"),
        "needs a column urn",
        "It may hold these columns: urn, programme_id",
        row=1,
        column="urn",
    ),
    _lead(
        "lead with a URN of five digits",
        "bad_urn",
        file("urn\n900001\n90000\n", "leads.csv"),
        "90000 is not a URN",
        "six digits",
        row=3,
        column="urn",
        value="90000",
    ),
    _lead(
        "lead twice",
        "repeated_row",
        file("urn\n900001\n900002\n900001\n", "leads.csv"),
        "an earlier row has the same urn",
        "Remove the copy",
        row=4,
        column="urn",
        value="900001",
    ),
    _lead(
        "places in words",
        "bad_capacity",
        file("urn,capacity_core\n900001,three\n", "leads.csv"),
        "capacity_core is 'three'",
        "as a whole number",
        row=2,
        column="capacity_core",
        value="three",
    ),
    _lead(
        "places below zero",
        "bad_capacity",
        file("urn,capacity_core\n900001,-1\n", "leads.csv"),
        "capacity_core is -1",
        "as a whole number",
        row=2,
        column="capacity_core",
        value="-1",
    ),
    _lead(
        "neither yes nor no",
        "not_yes_or_no",
        file("urn,is_topped_up\n900001,perhaps\n", "leads.csv"),
        "is_topped_up is 'perhaps'",
        "Write yes or no",
        row=2,
        column="is_topped_up",
        value="perhaps",
    ),
    _lead(
        "leads with semicolons",
        "not_a_table",
        file("urn;school_name\n900001;A\n", "leads.csv"),
        "cells are separated by semicolons, not commas",
        "Save it as CSV",
        row=1,
    ),
    _lead(
        "column urn twice",
        "repeated_column",
        file("urn,urn\n900001,900002\n", "leads.csv"),
        "the column urn stands in the header more than once",
        "Remove the copies",
        row=1,
        column="urn",
    ),
    _lead(
        "leads in a workbook",
        "not_text",
        file(lambda: zipped(("[Content_Types].xml", "<Types/>")), "leads.xlsx"),
        "a workbook or an archive",
        "Give the list as CSV",
    ),
    _lead(
        "bomb instead of leads",
        "archive_bomb",
        file(lambda: gzip.compress(bytes(20_000_000)), "leads.csv.gz"),
        "more than 200 times its size",
        "Unpack it",
    ),
    _lead(
        "empty list of leads",
        "empty_file",
        file(b"", "leads.csv"),
        "the file is empty",
        "Fetch it again",
    ),
]

APPLICATIONS = [
    Broken(
        name="application without a URN",
        make=file("urn,pathway\n,core\n", "applications.csv"),
        code="missing_value",
        says=("urn is blank", "Fill it in, or remove the row"),
        row=2,
        column="urn",
        reader="applications",
    ),
    Broken(
        name="applications with a header alone",
        make=file("urn,pathway\n", "applications.csv"),
        code="no_rows",
        says=("there is a header and no application below it", "Add a row for each school"),
        reader="applications",
    ),
    Broken(
        name="leads where applications are wanted",
        make=file("urn,leads_from\n900001,\n", "leads.csv"),
        code="another_list",
        says=("this is a list of leads; --applications wants a list of applications",),
        row=1,
        reader="applications",
    ),
    Broken(
        name="application twice",
        make=file("urn,pathway\n900001,core\n900001,core\n", "applications.csv"),
        code="repeated_row",
        says=("an earlier row has the same urn, programme_id, pathway", "Remove the copy"),
        row=3,
        column="urn",
        value="900001",
        reader="applications",
    ),
    Broken(
        name="applied some day",
        make=file("urn,applied_on\n900001,soon\n", "applications.csv"),
        code="bad_date",
        says=("applied_on is 'soon', which is not a date", "Write day, month and all four digits"),
        row=2,
        column="applied_on",
        value="soon",
        reader="applications",
    ),
    Broken(
        name="applied in 1900",
        make=file("urn,applied_on\n900001,1900-01-01\n", "applications.csv"),
        code="date_out_of_range",
        says=("applied_on is 1900-01-01", "Check the year"),
        row=2,
        column="applied_on",
        value="1900-01-01",
        reader="applications",
    ),
    Broken(
        name="application with a field too many",
        make=file("urn,pathway\n900001,core,twice\n", "applications.csv"),
        code="ragged_row",
        says=("the row has 3 fields, the header has 2", "stray comma"),
        row=2,
        value="3",
        reader="applications",
    ),
    Broken(
        name="200 applications of no school",
        make=file("urn\n" + "none\n" * 200, "applications.csv"),
        code="bad_urn",
        says=("row 21", "180 other rows have the same fault (rows 22,"),
        row=2,
        column="urn",
        value="none",
        reader="applications",
        n_problems=20,
    ),
]

PARTNERSHIPS = [
    _partnership(
        "partner is its own lead",
        "own_partner",
        "900001,900001,core,2021-09-01,",
        "lead_urn",
        "900001 is its own partner",
        "two schools",
    ),
    _partnership(
        "finished before it started",
        "finished_before_started",
        "900001,900002,core,2021-09-01,2020-09-01",
        "finished_on",
        "finished_on is 2020-09-01, not after started_on",
        "Check both dates",
    ),
    _partnership(
        "started no day",
        "missing_value",
        "900001,900002,core,,",
        "started_on",
        "started_on is blank",
        "Fill it in",
    ),
    _partnership(
        "started in 1900",
        "date_out_of_range",
        "900001,900002,core,01/01/1900,",
        "started_on",
        "started_on is '01/01/1900'",
        "Check the year",
    ),
]

OVERRIDES = [
    Broken(
        name="override of an unknown kind",
        make=file("kind,partner_urn,lead_urn\nlike,900001,900002\n", "overrides.csv"),
        code="unknown_kind",
        says=("the kind is 'like'", "one of pin, ban, conflict"),
        row=2,
        column="kind",
        value="like",
        reader="overrides",
    ),
    Broken(
        name="pin twice",
        make=file("kind,partner_urn,lead_urn\n" + "pin,900001,900002\n" * 2, "overrides.csv"),
        code="repeated_row",
        says=("an earlier row has the same kind, partner_urn, lead_urn", "Remove the copy"),
        row=3,
        column="kind",
        reader="overrides",
    ),
]

POINTS = [
    _point("point at zero, zero", "place_outside_england", "a,0,0", "lat", "lat is 0", "England"),
    _point(
        "point swapped",
        "place_outside_england",
        "a,-1.6,54.9",
        "lat",
        "lat is -1.6",
        "not swapped",
        n=2,
    ),
    _point(
        "point in the ocean", "place_outside_england", "a,51,-20", "lon", "lon is -20", "England"
    ),
    _point("point in Wales", "place_outside_england", "a,52.4,-4.1", "lat", "not in England"),
    _point("point in Scotland", "place_outside_england", "a,57.1,-2.1", "lat", "not in England"),
    _point(
        "point without a place", "missing_value", "a,,-1.6", "lat", "lat is blank", "Fill it in"
    ),
    _point("withheld place", "missing_value", "a,NA,-1.6", "lat", "lat is 'NA'", "Fill it in"),
    _point("place in words", "not_a_number", "a,north,-1.6", "lat", "lat is 'north'", "a number"),
    _point(
        "two places of one id",
        "repeated_row",
        "a,54.9,-1.6\na,54.8,-1.6",
        "id",
        "an earlier row has the same id",
        "Remove the copy",
    ),
]
POINTS[-1] = Broken(**{**POINTS[-1].__dict__, "row": 3})

CASES = [*LEADS, *APPLICATIONS, *PARTNERSHIPS, *OVERRIDES, *POINTS]
