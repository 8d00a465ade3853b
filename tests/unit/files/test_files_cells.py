"""What a reader makes of cells: symbols, dates, figures, and every fault with its place."""

import datetime

import polars as pl
import pytest

from schoolhubs import files


@pytest.mark.parametrize("symbol", ["SUPP", "NA", ":", "x", "c", "z", "low", "u"])
def test_symbols_stay_apart_from_zero_and_from_blank(saved, absence, symbol):
    text = absence(
        {"persistent": symbol},
        {"urn": "108501", "persistent": 0},
        {"urn": "108502", "persistent": ""},
    )

    frame = files.read(saved(text)).frame

    assert frame["enrolments_pa_10_exact"].to_list() == [None, 0, None]
    assert frame["enrolments_pa_10_exact_mark"].to_list() == [symbol, None, None]


def test_absence_above_possible_is_told_with_file_row_urn_and_value(saved, absence, problems):
    path = saved(absence({}, {"urn": "136271", "possible": 38760, "missed": 41020}), "a.csv")

    found = next(p for p in problems(path) if p.code == "sess_overall_above_sess_possible")

    assert (found.file, found.row, found.urn, found.value) == ("a.csv", 3, "136271", "41020")
    assert "sess_overall is 41,020 but sess_possible is 38,760" in str(found)
    assert "swapped" in found.remedy


def test_twenty_faults_are_listed_and_the_rest_counted(saved, absence, problems):
    rows = [{"urn": str(108500 + n), "possible": "many"} for n in range(25)]

    found = problems(saved(absence(*rows)))

    assert len(found) == 20
    assert [p.row for p in found] == list(range(2, 22))
    assert found[-1].other_rows == (22, 23, 24, 25, 26)
    assert "5 other rows have the same fault" in str(found[-1])


def test_the_first_of_every_fault_comes_first(saved, absence, problems):
    rows = [{"urn": str(108500 + n), "possible": "many"} for n in range(25)]

    found = problems(saved(absence(*rows, {"urn": "12"})))

    assert {p.code for p in found[:2]} == {"not_a_number", "bad_urn"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"urn": "10850"}, "bad_urn"),
        ({"urn": "URN12"}, "bad_urn"),
        ({"persistent": -1}, "negative_count"),
        ({"persistent": 2.5}, "not_whole"),
        ({"possible": "1e999"}, "not_a_number"),
        ({"missed": "nan"}, "not_a_number"),
        ({"persistent": 201}, "enrolments_pa_10_exact_above_enrolments"),
    ],
)
def test_cells_that_cannot_be(saved, absence, changes, code, problems):
    assert code in {p.code for p in problems(saved(absence({"urn": "108501"}, changes)))}


def test_a_percentage_is_between_0_and_100(saved, absence, problems):
    path = saved(absence({}).replace(",5.0,", ",105.0,"))

    (found,) = problems(path)

    assert (found.code, found.column) == ("percent_out_of_range", "sess_overall_percent")


def test_a_urn_twice_is_a_fault_unless_its_establishment_number_differs(saved, absence, problems):
    twice = absence({}, {})
    moved = twice.replace("3912000", "3922000", 1)

    assert problems(saved(twice))[0].code == "repeated_urn"
    assert files.read(saved(moved)).frame.height == 2


def test_commas_and_line_ends_inside_quotes_are_part_of_a_cell(saved):
    text = 'urn,school_name,la_name,fsm_prop\n100000,"A, B\nand C",X,12.5\n100001,D,Y,z\n'

    frame = files.read(saved(text), year="2022/23").frame

    assert frame["school_name"].to_list() == ["A, B\nand C", "D"]
    assert frame["fsm_percent_mark"].to_list() == [None, "z"]


def test_fifteen_per_cent_persistence_is_never_read_as_ten(saved):
    path = saved("LA,ESTAB,URN,PERCTOT,PPERSABS15\n919,2000,117083,4.9,12\n")

    frame = files.read(path, year="2012/13").frame

    assert frame["persistent_absence_15_percent"].to_list() == [12.0]
    assert "enrolments_pa_10_exact_percent" not in frame.columns


OFSTED = (
    "Management information,,,,,\nPosition as at 31 August 2024,,,,,\n"
    "URN,School name,Ofsted phase,Inspection start date,Overall effectiveness,"
    "Behaviour and attitudes\n"
    "100000,A,Primary,14/05/2019,2,9\n100001,B,Primary,NULL,NULL,NULL\n"
)


def test_ofsted_has_title_lines_nulls_and_nines(saved):
    table = files.read(saved(OFSTED), today=datetime.date(2026, 1, 1))

    assert table.as_at == datetime.date(2024, 8, 31)
    assert table.frame["inspected_on"].to_list() == [datetime.date(2019, 5, 14), None]
    assert table.frame["overall_grade"].to_list() == [2, None]
    assert table.frame["behaviour_grade_mark"].to_list() == ["9", None]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("14/05/2019", "14/05/2031", "future_date"),
        ("14/05/2019", "01/01/1900", "date_out_of_range"),
        ("14/05/2019", "31/02/2019", "bad_date"),
        (",2,9", ",7,9", "bad_grade"),
    ],
)
def test_faulty_inspections_stand_on_the_line_a_spreadsheet_shows(saved, old, new, code, problems):
    path = saved(OFSTED.replace(old, new))

    (found,) = problems(path, today=datetime.date(2026, 1, 1))

    assert (found.code, found.row, found.urn) == (code, 4, "100000")


def test_swapped_coordinates_are_told(saved, problems):
    text = (
        "urn,name,lat,lng,phase_code,ofsted_rating,fsm_pct_x10,religion_code\n"
        "100000,A,-0.1,51.5,P,1,233,2\n"
    )

    found = problems(saved(text))

    assert {p.column for p in found} == {"lat", "lng"}
    assert all("swapped" in p.remedy for p in found)


def test_a_place_beyond_england_is_left_out_and_counted(saved):
    text = (
        "urn,name,lat,lng,phase_code,ofsted_rating,fsm_pct_x10,religion_code\n"
        "100000,A,57.1,-2.1,P,1,0,2\n100001,B,51.5,-0.1,X,0,150,2\n"
    )

    table = files.read(saved(text, "markers_20260130.csv"))

    assert table.frame["lat"].to_list() == [None, 51.5]
    assert table.frame["fsm_percent"].to_list() == [None, 15.0]
    assert table.frame["overall_grade"].to_list() == [1, None]
    assert "1 place outside England left out" in table.quirks


def test_columns_of_numbers_have_no_mark_where_nothing_was_withheld(saved, absence):
    frame = files.read(saved(absence({}))).frame

    assert not [name for name in frame.columns if name.endswith("_mark")]
    assert frame.schema["sess_possible"] == pl.Int64


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("201718", "201719", "unknown_year"),
        ("six half terms", "seven half terms", "unknown_half_terms"),
        (",School,", ",Ward,", "unknown_level"),
    ],
)
def test_words_that_decide_how_a_row_is_read_must_be_known(
    saved, absence, old, new, code, problems
):
    (found,) = problems(saved(absence({}).replace(old, new)))

    assert (found.code, found.row) == (code, 2)


def test_a_school_is_not_its_own_successor(saved, problems):
    text = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n100000,100000,A,Successor,\n"

    (found,) = problems(saved(text))

    assert found.code == "urn_same_as_link_urn"
