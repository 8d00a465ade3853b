"""What a reader makes of a file: its kind, header, rows and year."""

import json

import pytest

from schoolhubs import files

GIAS_HEADER = (
    '"URN","LA (code)","LA (name)","EstablishmentNumber","EstablishmentName",'
    '"TypeOfEstablishment (code)","TypeOfEstablishment (name)","EstablishmentStatus (name)",'
    '"OpenDate","CloseDate","PhaseOfEducation (name)","StatutoryLowAge","StatutoryHighAge",'
    '"CensusDate","NumberOfPupils","PercentageFSM","SEN1 (name)","SEN2 (name)",'
    '"Easting","Northing","HeadLastName"'
)
GIAS_ROW = (
    '100000,"201","City of London","3614","=The Aldgate School","02","Voluntary aided school",'
    '"Open","","","Primary",3,11,"19-01-2025","276","19.9","Not Applicable",'
    '"SEMH - Social, Emotional and Mental Health","533498","181201","Smith"'
)


def test_a_full_extract_is_known_by_its_header_and_keeps_no_names_of_people(saved):
    table = files.read(saved(f"{GIAS_HEADER}\n{GIAS_ROW}\n".encode("cp1252"), "whatever.txt"))

    row = table.frame.row(0, named=True)
    assert table.kind == "gias_extract"
    assert table.year == "2024/25"
    assert (row["laestab"], row["school_name"]) == ("2013614", "=The Aldgate School")
    assert row["need_types"] == ["SEMH - Social, Emotional and Mental Health"]
    assert "Smith" not in str(table.frame.to_dicts())


def test_the_search_download_spills_over_and_is_joined_again(saved):
    header = GIAS_HEADER.replace(',"HeadLastName"', ',"Linked establishments"')
    row = GIAS_ROW.replace(',"Smith"', ",Predecessor A,B,C")

    table = files.read(saved(f"{header}\n{row}\n"))

    assert table.kind == "gias_search_download"
    assert table.frame["linked_establishments"].to_list() == ["Predecessor A, B, C"]
    assert any("spill" in quirk for quirk in table.quirks)


def test_a_placeholder_for_a_day_is_not_a_day(saved):
    row = GIAS_ROW.replace('"Open","",', '"Open","01-01-1900",')

    table = files.read(saved(f"{GIAS_HEADER}\n{row}\n"))

    assert table.frame["opened_on"].to_list() == [None]
    assert any("01-01-1900" in quirk for quirk in table.quirks)


def test_absence_has_its_year_series_and_half_terms(saved, absence):
    table = files.read(saved(absence({})))

    row = table.frame.row(0, named=True)
    assert (table.kind, table.series, table.year) == ("ees_absence", "census", "2017/18")
    assert table.year_source == "in the file"
    assert (row["year"], row["half_terms"], row["all_through"]) == ("2017/18", 6, False)
    assert row["sess_overall"] == 3800


def test_rows_of_schools_without_a_urn_are_left_out_where_that_is_known(saved, absence):
    table = files.read(saved(absence({}, {"urn": " "})))

    assert table.frame["urn"].to_list() == ["108500"]
    assert "1 rows of schools with a blank URN were left out" in table.quirks


def test_ragged_rows_are_told_row_by_row(saved, absence, problems):
    text = absence({}) + "1,2,3\n" + absence({"urn": "108501"}).splitlines()[1] + ",more\n"

    found = problems(saved(text))

    assert [(p.code, p.row, p.value) for p in found] == [
        ("ragged_row", 3, "3"),
        ("ragged_row", 4, "21"),
    ]


def test_blank_lines_are_passed_over_and_rows_keep_their_number(saved, absence, problems):
    text = absence({}).replace("\n201718", "\n\n201718") + absence({"urn": "1"}).splitlines()[1]

    (found,) = problems(saved(text))

    assert (found.code, found.row) == ("bad_urn", 4)


def test_totals_of_the_performance_tables_are_no_schools(saved):
    rows = "919,2000,117083,4.9,SUPP\nNAT,PRI,,5.9,16.2\n919,SEC,,8.2,23\n"
    text = f"\ufeffLA,ESTAB,URN,PERCTOT,PPERSABS10\n{rows}"

    table = files.read(saved(text, "abs_202223.csv"))

    assert table.n_rows == 3
    assert table.frame["level"].to_list() == ["school", "national", "local_authority"]
    assert table.frame["enrolments_pa_10_exact_percent_mark"].to_list() == ["SUPP", None, None]
    assert (table.year, table.year_source) == ("2022/23", "from the file name")
    assert table.half_terms == 6


def test_a_file_that_does_not_say_its_year_asks_for_it(saved, problems):
    path = saved("LA,ESTAB,URN,PERCTOT,PPERSABS15\n919,2000,117083,4.9,12\n", "abs.csv")

    (found,) = problems(path)

    assert found.code == "year_not_stated"
    assert "--year abs.csv=2018/19" in found.remedy
    assert files.read(path, year="2012/13").half_terms == 5


def test_the_markers_read_the_same_from_json(saved, problems):
    school = [100000, "A", 51.5, -0.1, "P", 1, 233, *range(10), 2]

    table = files.read(saved(json.dumps([school]), "m.json"))

    assert (table.kind, table.frame["fsm_percent"].to_list()) == ("schools_markers", [23.3])
    assert problems(saved("[[1, 2], "))[0].code == "bad_json"
    assert problems(saved('{"a": 1}'))[0].code == "not_recognised"
    assert problems(saved(json.dumps([school, [1]])))[0].code == "odd_marker"


def test_a_header_that_lacks_a_column_is_told_what_it_lacks(saved, absence, problems):
    path = saved(absence({}).replace("sess_possible", "possible"))

    (found,) = problems(path)

    assert found.code == "columns_missing"
    assert "lacks sess_possible" in found.fault


def test_a_column_that_stands_twice_is_refused(saved, problems):
    text = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate,URN\n100000,100001,A,Successor,,1\n"

    assert problems(saved(text))[0].code == "repeated_column"


def test_other_separators_are_named(saved, problems):
    (found,) = problems(saved("URN;LinkURN;LinkName\n1;2;3\n"))

    assert "semicolons" in found.fault


def test_a_header_alone_is_recognised_and_cannot_be_read(saved, problems):
    path = saved(f"{GIAS_HEADER}\n")

    report = files.inspect(path)

    assert (report.kind, report.rows, report.problems) == ("gias_extract", 0, ())
    assert problems(path)[0].code == "no_rows"


def test_a_report_has_the_listed_keys(saved, absence):
    report = files.inspect(saved(absence({}))).as_dict()

    assert {"path", "kind", "series", "year", "rows", "problems"} <= set(report)
    assert report["problems"] == []


def test_find_takes_named_files_and_data_in_folders(tmp_path):
    for name in ("a.csv", "b.csv.gz", "README.md", ".hidden.csv", "deep/c.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")

    found = files.find([tmp_path, tmp_path / "README.md", tmp_path / "a.csv"])

    assert [path.name for path in found] == ["a.csv", "b.csv.gz", "c.zip", "README.md"]


def test_every_layout_is_recognised_by_its_own_header():
    from schoolhubs.files.layouts import all_layouts, recognise

    for kind, layout in all_layouts().items():
        for header in (layout.header, layout.header_since_report_cards):
            if header:
                assert recognise(header).kind == kind
        if layout.reader == "table" and not layout.at_least_columns:
            asked = (*layout.recognised_by, *layout.any_of[:1])
            assert recognise(asked).kind == kind


@pytest.mark.parametrize("kind", ["gias_extract", "ees_absence", "ofsted_management_information"])
def test_the_columns_a_kind_is_recognised_by_are_enough(saved, kind):
    from schoolhubs.files.layouts import all_layouts

    layout = all_layouts()[kind]
    header = (*layout.recognised_by, *layout.any_of[:1])
    cells = {"URN": "100001", "urn": "100001", "time_period": "201718"}
    row = ",".join(cells.get(name, "") for name in header)
    quoted = ",".join(f'"{name}"' for name in header)

    assert files.read(saved(f"{quoted}\n{row}\n")).kind == kind


def test_a_few_odd_rows_of_a_large_register_are_a_quirk_and_many_a_fault(saved, problems):
    odd = GIAS_ROW.replace(",3,11,", ",11,3,")
    large = [GIAS_ROW.replace("100000", str(100001 + n)) for n in range(300)]

    kept = files.read(saved("\n".join([GIAS_HEADER, odd, *large])))

    assert "1 rows have age_low above age_high" in kept.quirks
    (found,) = problems(saved("\n".join([GIAS_HEADER, odd])))
    assert (found.code, found.row, found.urn) == ("age_low_above_age_high", 2, "100000")


def test_a_missing_header_is_told(saved, absence, problems):
    (found,) = problems(saved("108500,A\n108501,B\n"))

    assert found.code == "no_header"


def test_a_web_page_is_no_table(saved, problems):
    assert problems(saved("<!DOCTYPE html><html>Sorry</html>"))[0].code == "not_text"
