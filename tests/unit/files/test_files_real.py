"""The real published files: each is recognised, and each quirk of the data's README is met."""

import polars as pl
import pytest

from schoolhubs import files

pytestmark = pytest.mark.real_data

ABSENCE = [
    *(f"absence/ees_absence_3term_20{n:02d}{n + 1:02d}.csv.gz" for n in range(6, 18)),
]
RECOGNISED = [
    ("absence/pt_919_hertfordshire_abs_202223.csv", "performance_absence", "2022/23", 517),
    ("absence/pt_england_abs_201213.csv.gz", "performance_absence", "2012/13", 20_059),
    (
        "gias/gias_mainstream_state_schools_england_20220425_derived.csv.gz",
        "gias_list",
        None,
        20_185,
    ),
    ("gias/schools_markers_20260130_derived.csv.gz", "schools_markers", "2024/25", 26_509),
    ("gias/schools_markers_20260130_derived.json.gz", "schools_markers", "2024/25", 26_509),
    (
        "gias/gias_search_download_surrey_hampshire_20220420.csv.gz",
        "gias_search_download",
        "2020/21",
        1_096,
    ),
    ("gias/links_edubasealldata20240129.csv.gz", "gias_links", None, 32_197),
    ("gias/links_edubasealldata20250422.csv.gz", "gias_links", None, 33_801),
    ("gias/edubasealldata20250422-establishment-types.csv", "establishment_types", None, 50),
    ("census/england_census_201819.csv.gz", "performance_census", "2018/19", 23_942),
    ("census/spc_school_fsm_202223_derived.csv.gz", "school_fsm", "2022/23", 24_442),
    ("performance/england_ks2_201819_schools_derived.csv.gz", "performance_ks2", "2018/19", 16_355),
    ("performance/england_ks4_201819_schools_derived.csv.gz", "performance_ks4", "2018/19", 5_516),
    ("ofsted/secondary_ofsted_ratings_202012_derived.csv.gz", "secondary_ofsted", None, 6_396),
    ("la_context/ees_attendance_ytd_la_202526.csv.gz", "ees_attendance_ytd", "2025/26", 647),
    (
        "la_context/exclusions_by_la_to_201617.csv.gz",
        "exclusions_by_la",
        "2006/07 to 2016/17",
        7_122,
    ),
    (
        "la_context/exclusions_by_la_reason_to_201617.csv.gz",
        "exclusions_by_la_and_reason",
        "2006/07 to 2016/17",
        6_564,
    ),
    ("hubs/hub_lead_schools_partial_compiled.csv", "hub_lead_schools", None, 26),
    ("reference/attendance_codes_2024_compiled.csv", "attendance_codes", None, 34),
    ("reference/dfe_attendance_dashboard_reason_codes.csv", "attendance_indicators", None, 15),
    ("reference/la_and_region_codes_meta.csv", "la_region_codes", None, 151),
    ("reference/gias_edubasealldata_header_2024.txt", "gias_extract", None, 0),
    ("geo/lsoa11_england_centroids.csv.gz", "lsoa_centroids", None, 32_844),
    ("geo/CTYUA_MAY_2023_UK_BUC_shapefile.zip", "boundaries_shapefile", None, 218),
    ("geo/Regions_Dec_2016_EN_BUC.geojson.gz", "boundaries_geojson", None, 9),
    (
        "geo/File_1_IoD2025_Index_of_Multiple_Deprivation.xlsx",
        "indices_of_deprivation",
        None,
        33_755,
    ),
    ("roads/rutland_20220720.osm.pbf", "openstreetmap_extract", None, None),
    ("traveltime/hospital_postcodes_coords.csv", "hospital_coordinates", None, 94),
    ("traveltime/lsoa_to_hospital_drive_minutes_a.csv.gz", "hospital_drive_minutes", None, 32_839),
]


@pytest.mark.parametrize(("name", "kind", "year", "rows"), RECOGNISED)
def test_each_file_is_recognised_without_a_fault(shared_data, name, kind, year, rows):
    report = files.inspect(shared_data.path(name))

    assert (report.kind, report.year, report.rows) == (kind, year, rows)
    assert report.problems == ()


@pytest.mark.parametrize("folder", ["eval", "orlib"])
def test_what_is_no_school_file_is_not_taken_for_one(shared_data, folder):
    reports = [files.inspect(path) for path in files.find([shared_data.path(folder)])]

    assert reports
    assert not any(report.is_recognised for report in reports)


@pytest.fixture(scope="module")
def absence(shared_data):
    return [files.read(shared_data.path(name)) for name in ABSENCE]


def test_twelve_years_of_absence_have_263_402_rows_in_all(absence):
    assert sum(table.n_rows for table in absence) == 263_402
    assert [table.year for table in absence][::11] == ["2006/07", "2017/18"]
    assert {table.series for table in absence} == {"census"}


def test_half_terms_break_in_2012_13(absence):
    found = {t.year: t.frame["half_terms"].unique().to_list() for t in absence}

    assert {year for year, half in found.items() if half == [5]} == {
        "2006/07", "2007/08", "2008/09", "2009/10", "2010/11", "2011/12"
    }  # fmt: skip
    assert all(half in ([5], [6]) for half in found.values())


def test_extended_holiday_is_a_colon_from_2013_14_and_never_zero(absence):
    with_colons = [t for t in absence if "sess_auth_ext_holiday_mark" in t.frame.columns]

    assert [t.year for t in with_colons] == ["2013/14", "2014/15", "2015/16", "2016/17", "2017/18"]
    for table in with_colons:
        assert table.frame["sess_auth_ext_holiday"].null_count() == table.frame.height
        assert table.frame["sess_auth_ext_holiday_mark"].unique().to_list() == [":"]


def test_all_through_is_one_word_however_it_is_spelt(absence):
    newest = absence[-1].frame

    assert newest.schema["all_through"] == pl.Boolean
    assert newest["all_through"].sum() == 637


def test_two_schools_of_2006_07_have_a_blank_urn(absence):
    assert "2 rows of schools with a blank URN were left out" in absence[0].quirks
    schools = absence[0].frame.filter(pl.col("level") == "school")
    assert schools.height == 21_816
    assert schools["urn"].null_count() == 0


def test_ten_regions_and_no_suppressed_school(absence):
    newest = absence[-1].frame

    assert newest.filter(pl.col("level") == "region")["region_name"].n_unique() == 10
    schools = newest.filter(pl.col("level") == "school")
    assert schools["enrolments_pa_10_exact_percent"].null_count() == 0


def test_performance_tables_suppress_and_end_in_averages(shared_data):
    table = files.read(shared_data.path("absence/pt_england_abs_201213.csv.gz"))

    marks = table.frame["persistent_absence_15_percent_mark"]
    assert (marks == "SUPP").sum() == 3_215
    assert (table.frame["level"] == "national").sum() == 2
    assert table.half_terms == 5


def test_the_search_download_has_69_ragged_rows(shared_data):
    table = files.read(
        shared_data.path("gias/gias_search_download_surrey_hampshire_20220420.csv.gz")
    )

    assert "69 rows spill over from Linked establishments: joined again" in table.quirks
    assert table.frame.filter(pl.col("status") == "Open, but proposed to close").height == 2
    assert table.frame["n_pupils"].drop_nulls().len() > 700


def test_links_are_windows_1252_and_their_names_survive(shared_data):
    table = files.read(shared_data.path("gias/links_edubasealldata20250422.csv.gz"))

    assert table.encoding == "windows-1252"
    assert table.frame["established_on"].null_count() == 8_253
    assert str(table.frame["established_on"].min()) == "1993-03-31"  # written 31-03-1993
    assert table.frame.filter(pl.col("link_name").str.contains("[À-ÿ’–]")).height > 0


def test_csv_and_json_markers_say_the_same(shared_data):
    name = "gias/schools_markers_20260130_derived"
    csv, json_ = (files.read(shared_data.path(f"{name}.{end}")) for end in ("csv.gz", "json.gz"))

    columns = ["urn", "school_name", "phase_code", "overall_grade", "fsm_percent"]
    assert csv.frame.select(columns).equals(json_.frame.select(columns))


def test_census_na_is_not_zero(shared_data):
    table = files.read(shared_data.path("census/england_census_201819.csv.gz"))

    assert table.encoding == "utf-8-sig"
    assert (table.frame["level"] == "national").sum() == 3
    independent = table.frame.filter(pl.col("school_type") == "Independent school")
    assert (independent["fsm_ever_percent"] == 0).sum() == 0
    assert independent["fsm_ever_percent_mark"].unique().to_list() == ["NA"]


def test_school_meals_not_applicable_are_missing(shared_data):
    table = files.read(shared_data.path("census/spc_school_fsm_202223_derived.csv.gz"))

    assert (table.frame["fsm_percent_mark"] == "z").sum() == 2_408


def test_old_grades_and_unknown_ones(shared_data):
    table = files.read(shared_data.path("ofsted/secondary_ofsted_ratings_202012_derived.csv.gz"))

    assert (table.frame["overall_grade_mark"] == "Unknown").sum() == 1_811
    assert table.frame["overall_grade"].value_counts().sort("overall_grade").rows()[:4] == [
        (None, 1_811), (1, 834), (2, 2_719), (3, 685)
    ]  # fmt: skip


def test_leads_from_the_press_have_24_urns_of_26(shared_data):
    told = []

    leads = files.read_list(
        shared_data.path("hubs/hub_lead_schools_partial_compiled.csv"), "leads", tell=told.append
    )

    assert leads.height == 24
    assert [problem.value for problem in told] == [
        "Tor View School",
        "Evelyn Street Community Primary School",
    ]
