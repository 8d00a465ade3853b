"""Broken in a cell: figures, dates, URNs and places that cannot be."""

from gallery.making import (
    UPN,
    Broken,
    absence,
    file,
    gias,
    links,
    markers,
    ofsted,
    performance,
    schools,
)

SWAPPED, NUMBER, SIX = "swapped", "Expected a number", "A URN is six digits"
DAY, YEAR = "Write day, month and all four digits of the year", "Check the year"


def _absence(
    name: str, code: str, column: str, value: object, *says: str, second: int = 1, **cells: object
) -> Broken:
    """Break the second school of an absence file, which stands in row 3."""
    row = {"urn": "900002", "laestab": "3912001", column: value, **cells}
    return Broken(
        name=name,
        make=file(absence({}, row), "absence.csv"),
        code=code,
        says=("absence.csv, row 3", *says),
        row=3,
        column=column,
        value=str(value),
        n_problems=second,
    )


def _inspected(name: str, code: str, day: str, *says: str) -> Broken:
    return Broken(
        name=name,
        make=file(ofsted({"Inspection start date": day}), "ofsted.csv"),
        code=code,
        says=("ofsted.csv, row 4", "Inspection start date is", *says),
        row=4,
        column="Inspection start date",
        value=day,
    )


def _urn(name: str, value: str, *says: str) -> Broken:
    return Broken(
        name=name,
        make=file(gias({}, {"URN": value, "EstablishmentNumber": "2001"}), "gias.csv"),
        code="bad_urn",
        says=("gias.csv, row 3", SIX, *says),
        row=3,
        column="URN",
        value=value,
    )


FIGURES = [
    _absence(
        "missed and possible sessions swapped",
        "sess_overall_above_sess_possible",
        "sess_overall",
        76000,
        "sess_overall is 76,000 but sess_possible is 3,800",
        SWAPPED,
        sess_possible=3800,
    ),
    _absence(
        "attendance above possible",
        "sess_overall_above_sess_possible",
        "sess_overall",
        76001,
        "sess_overall is 76,001 but sess_possible is 76,000",
        "cannot miss more sessions than were possible",
    ),
    _absence(
        "part above the whole",
        "sess_authorised_above_sess_overall",
        "sess_authorised",
        3801,
        "sess_authorised is 3,801 but sess_overall is 3,800",
        "Authorised absence is part of all absence",
    ),
    _absence(
        "more persistent absentees than pupils",
        "enrolments_pa_10_exact_above_enrolments",
        "enrolments_pa_10_exact",
        201,
        "enrolments_pa_10_exact is 201 but enrolments is 200",
        "are some of the enrolments",
    ),
    _absence(
        "percentage above 100",
        "percent_out_of_range",
        "sess_overall_percent",
        105.0,
        "sess_overall_percent is 105.0",
        "between 0 and 100",
    ),
    _absence(
        "percentage below 0",
        "percent_out_of_range",
        "sess_overall_percent",
        -0.5,
        "sess_overall_percent is -0.5",
        "between 0 and 100",
    ),
    _absence(
        "text in a column of numbers",
        "not_a_number",
        "sess_possible",
        "many",
        "sess_possible is 'many'",
        NUMBER,
    ),
    _absence(
        "negative enrolments",
        "negative_count",
        "enrolments",
        -3,
        "enrolments is -3",
        "0 or more",
        second=2,  # and the 20 persistent absentees are more than that
    ),
    _absence(
        "half a pupil",
        "not_whole",
        "enrolments_pa_10_exact",
        2.5,
        "enrolments_pa_10_exact is 2.5",
        "whole number",
    ),
    _absence(
        "spaces between thousands",
        "not_a_number",
        "sess_possible",
        "76 000",
        "sess_possible is '76 000'",
        NUMBER,
    ),
    _absence(
        "decimal comma",
        "percent_out_of_range",
        "sess_overall_percent",
        "5,25",
        "is '5,25'",
        "between 0 and 100",
    ),
    _absence("no end of a number", "not_a_number", "enrolments", "1e999", "'1e999'", NUMBER),
    _absence("not a number by name", "not_a_number", "sess_overall", "nan", "'nan'", NUMBER),
    _absence("error of a spreadsheet", "not_a_number", "sess_overall", "#REF!", "'#REF!'", NUMBER),
    _absence(
        "formula in a column of numbers",
        "not_a_number",
        "sess_overall",
        "=SUM(A1:A9)",
        "'=SUM(A1:A9)'",
        NUMBER,
    ),
    Broken(
        name="200 faulty cells of one kind",
        make=file(absence(*schools(200, sess_possible="many"))),
        code="not_a_number",
        says=("row 21,", "180 other rows have the same fault (rows 22, 23, 24, 25, 26, …)"),
        row=2,
        column="sess_possible",
        value="many",
        n_problems=20,
    ),
    Broken(
        name="two faults in each of 30 rows",
        make=file(absence(*schools(30, sess_possible="many", enrolments="few"))),
        code="not_a_number",
        says=("enrolments is 'few'", "sess_possible is 'many'", "… and 20 more problems."),
        row=2,
        column="enrolments",
        value="few",
        n_problems=40,
    ),
]

DATES = [
    _inspected("31 February", "bad_date", "31/02/2019", "31/02/2019", "not a date", DAY),
    _inspected("29 February of a plain year", "bad_date", "29/02/2019", "not a date", DAY),
    _inspected("month before day", "bad_date", "05/14/2019", "not a date", DAY),
    _inspected("month by name", "bad_date", "14 May 2019", "'14 May 2019'", "not a date", DAY),
    _inspected("spreadsheet's day number", "bad_date", "43599", "43599", "day number", DAY),
    _inspected("year of two digits", "bad_date", "14/05/19", "not a date", "four digits"),
    _inspected("before there was Ofsted", "date_out_of_range", "01/01/1900", "1992-09-01", YEAR),
    _inspected("inspection to come", "future_date", "14/05/2098", "after today", YEAR),
    _inspected("far future", "future_date", "14/05/2998", "after today", YEAR),
    Broken(
        name="school closed before it opened",
        make=file(gias({"OpenDate": "01-09-2015", "CloseDate": "31-08-2012"})),
        code="opened_on_above_closed_on",
        says=("OpenDate is 2015-09-01 but CloseDate is 2012-08-31", SWAPPED),
        row=2,
        column="OpenDate",
        value="2015-09-01",
    ),
    Broken(
        name="link before there were academies",
        make=file(links({"LinkEstablishedDate": "01-01-1066"})),
        code="date_out_of_range",
        says=("LinkEstablishedDate is 01-01-1066", YEAR),
        row=2,
        column="LinkEstablishedDate",
        value="01-01-1066",
    ),
]

SCHOOLS = [
    _urn("URN of five digits", "90000", "90000 is not a URN"),
    _urn("URN of seven digits", "9000010", "9000010 is not a URN"),
    _urn("URN with letters", "E00001", "'E00001' is not a URN"),
    _urn("URN as a decimal", "136271.0", "136271.0 is not a URN"),
    _urn("URN in the notation of a spreadsheet", "1.36E+05", "'1.36E+05' is not a URN"),
    Broken(
        name="pupil's number in place of a URN",
        make=file(gias({"URN": UPN}), "gias.csv"),
        code="bad_urn",
        says=("gias.csv, row 2", "pupil's number", SIX),
        row=2,
        column="URN",
        value="",
    ),
    Broken(
        name="school without a URN",
        make=file(gias({"URN": ""})),
        code="missing_urn",
        says=("the URN is blank", "Fill it in, or remove the row"),
        row=2,
        column="URN",
    ),
    Broken(
        name="URN twice",
        make=file(gias({}, {"URN": "900002"}, {})),
        code="repeated_urn",
        says=("the URN 900001 stands in row 2 too", "Remove the copy"),
        row=4,
        column="URN",
        value="900001",
    ),
    Broken(
        name="URN twice in an absence file",
        make=file(absence({}, {})),
        code="repeated_urn",
        says=("the URN 900001 stands in row 2 too", "Remove the copy"),
        row=3,
        column="urn",
        value="900001",
    ),
    Broken(
        name="school that follows itself",
        make=file(links({"LinkURN": "900001"})),
        code="urn_same_as_link_urn",
        says=("URN and LinkURN are 900001", "its own predecessor or successor"),
        row=2,
        column="URN",
    ),
    Broken(
        name="lowest age above the highest",
        make=file(gias({"StatutoryLowAge": 18, "StatutoryHighAge": 11})),
        code="age_low_above_age_high",
        says=("StatutoryLowAge is 18 but StatutoryHighAge is 11", SWAPPED),
        row=2,
        column="StatutoryLowAge",
        value="18",
    ),
    Broken(
        name="grade that does not exist",
        make=file(ofsted({"Overall effectiveness": "7"})),
        code="bad_grade",
        says=("Overall effectiveness is 7, which is not a grade", "from 1 to 4"),
        row=4,
        column="Overall effectiveness",
        value="7",
    ),
    Broken(
        name="rate of a school above 100 in the performance tables",
        make=file(performance("391,2000,900001,104.4,9\n"), "abs_201819.csv"),
        code="percent_out_of_range",
        says=("PERCTOT is 104.4", "between 0 and 100"),
        row=2,
        column="PERCTOT",
        value="104.4",
    ),
]

PLACES = [
    Broken(
        name="latitude and longitude swapped",
        make=file(markers({"lat": -1.6, "lng": 54.9})),
        code="place_outside_england",
        says=("lat is -1.6", "not in England", SWAPPED),
        row=2,
        column="lat",
        value="-1.6",
        n_problems=2,
    ),
    Broken(
        name="school at zero, zero",
        make=file(markers({"lat": 0, "lng": 0})),
        code="place_outside_england",
        says=("lat is 0", "not in England"),
        row=2,
        column="lat",
        value="0",
    ),
    Broken(
        name="easting in the ocean",
        make=file(gias({"Easting": 4_250_000})),
        code="place_outside_england",
        says=("Easting is 4250000", "not in England"),
        row=2,
        column="Easting",
        value="4250000",
    ),
]

CASES = [*FIGURES, *DATES, *SCHOOLS, *PLACES]
