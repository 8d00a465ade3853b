"""The files of a synthetic England are the official ones, quirks included."""

import datetime
import io
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import files

N_SCHOOLS = 1_500
ABSENCE = "ees_absence_3term_202425.csv"
REGISTER = "edubasealldata20260131.csv"
LINKS = "links_edubasealldata20260131.csv"
MEMBERS = "academiesmatmembership20260131.csv"
CARDS = "ofsted_state_funded_schools_latest_inspections_20260131.csv"
GRADES = "ofsted_state_funded_schools_latest_inspections_20240831.csv"


def text_of(path: Path, encoding: str = "utf-8", skip: int = 0) -> pl.DataFrame:
    text = path.read_bytes().decode(encoding)
    lines = text.split("\n", skip)[skip]
    return pl.read_csv(io.StringIO(lines), infer_schema=False)


@pytest.fixture(scope="module")
def register(small_england: Path) -> pl.DataFrame:
    return text_of(small_england / REGISTER, "cp1252")


@pytest.fixture(scope="module")
def absence(small_england: Path) -> pl.DataFrame:
    return text_of(small_england / ABSENCE)


def test_every_file_is_recognised_without_a_problem(small_england: Path) -> None:
    reports = [files.inspect(path) for path in files.find([small_england])]

    assert {report.kind for report in reports} == {
        "gias_extract",
        "gias_links",
        "gias_trust_membership",
        "ees_absence",
        "performance_census",
        "ofsted_management_information",
        "leads",
        "applications",
    }
    assert [problem for report in reports for problem in report.problems] == []


def test_only_the_two_lists_have_the_reserved_words_in_their_names(small_england: Path) -> None:
    names = sorted(path.name for path in small_england.iterdir())
    marked = [n for n in names if any(word in n for word in ("lead", "application", "mark"))]
    assert marked == ["applications.csv", "leads.csv"]
    assert sum(name.startswith("ees_absence_3term_") for name in names) == 7


def test_identifiers_are_reserved(register: pl.DataFrame) -> None:
    assert register["URN"].str.contains(r"^9\d{5}$").all()
    assert register["URN"].is_unique().all()
    assert register["LA (code)"].str.contains(r"^[56]\d\d$").all()
    assert register["Postcode"].str.contains(r"^ZZ\d{1,2} \d[A-Z]{2}$").all()
    number = register["LA (code)"] + register["EstablishmentNumber"]
    assert number.str.contains(r"^\d{7}$").all()
    trusts = register["Trusts (code)"].drop_nulls()
    assert trusts.str.contains(r"^9\d{5}$").all()


def test_the_register_has_rows_of_every_status_and_private_schools(register: pl.DataFrame) -> None:
    status = dict(
        register.group_by("EstablishmentStatus (name)", "EstablishmentStatus (code)")
        .len()
        .select("EstablishmentStatus (name)", "EstablishmentStatus (code)")
        .iter_rows()
    )
    assert status == {
        "Open": "1",
        "Closed": "2",
        "Open, but proposed to close": "3",
        "Proposed to open": "4",
    }
    independent = pl.col("EstablishmentTypeGroup (name)") == "Independent schools"
    special = pl.col("TypeOfEstablishment (name)").is_in(
        ["Other independent special school", "Non-maintained special school"]
    )
    opened = register.filter(pl.col("EstablishmentStatus (name)").str.starts_with("Open"))
    assert opened.filter(~independent & ~special).height == N_SCHOOLS
    assert opened.filter(independent | special).height > 50
    coming = register.filter(pl.col("EstablishmentStatus (name)") == "Open, but proposed to close")
    ends = coming["CloseDate"].str.to_date("%d-%m-%Y")
    assert (ends > datetime.date(2026, 1, 31)).all()


def test_schools_proposed_to_open_have_places_to_fill_and_no_pupils(register: pl.DataFrame) -> None:
    planned = register.filter(pl.col("EstablishmentStatus (name)") == "Proposed to open")

    assert 10 < planned.height < 30
    assert set(planned["EstablishmentTypeGroup (name)"]) == {"Free Schools"}
    assert planned["SchoolCapacity"].null_count() == 0
    for name in ("NumberOfPupils", "PercentageFSM", "CensusDate", "CloseDate", "Trusts (code)"):
        assert planned[name].null_count() == planned.height
    days = planned["OpenDate"].str.to_date("%d-%m-%Y").drop_nulls()
    assert (days > datetime.date(2026, 1, 31)).all()
    assert 0 < planned["Easting"].null_count() < planned.height
    assert (planned["Easting"].is_null() == planned["Postcode"].is_null()).all()


def test_a_school_closes_the_day_before_the_next_one_opens(small_england: Path) -> None:
    register = text_of(small_england / REGISTER, "cp1252").select("URN", "OpenDate", "CloseDate")
    links = text_of(small_england / LINKS, "cp1252").filter(pl.col("LinkType") == "Successor")
    chained = links.join(register, on="URN").join(register, left_on="LinkURN", right_on="URN")
    day = "%d-%m-%Y"
    closed = chained["CloseDate"].str.to_date(day)

    assert chained.height > 300
    assert (chained["OpenDate_right"].str.to_date(day) == closed.dt.offset_by("1d")).all()


def test_the_register_is_windows_1252_and_says_more_than_ascii(small_england: Path) -> None:
    data = (small_england / REGISTER).read_bytes()
    assert "St Théodrine’s".encode("cp1252") in data
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_links_are_listed_both_ways(small_england: Path) -> None:
    links = text_of(small_england / LINKS, "cp1252")

    kinds = set(links["LinkType"])
    assert {
        "Predecessor",
        "Successor",
        "Successor - amalgamated",
        "Predecessor - amalgamated",
        "Successor - merged",
        "Predecessor - merged",
        "Successor - Split School",
        "Predecessor - Split School",
    } <= kinds
    there = set(links.select("URN", "LinkURN").iter_rows())
    assert all((b, a) in there for a, b in there)
    assert links["LinkEstablishedDate"].drop_nulls().str.contains(r"^\d\d-\d\d-\d{4}$").all()
    successors = links.filter(pl.col("LinkType").str.starts_with("Successor"))
    twice = successors.join(successors, left_on="LinkURN", right_on="URN")
    assert twice.height > 20, "chains of more than one link"
    split = links.filter(pl.col("LinkType") == "Successor - Split School")
    assert split.group_by("URN").len()["len"].max() == 2


def test_trusts_have_one_or_many_schools_and_days_of_joining(small_england: Path) -> None:
    members = text_of(small_england / MEMBERS, "cp1252")

    now = members.filter(pl.col("Date Left Group").is_null())
    sizes = now.group_by("Group UID", "Group Type").len()
    single = sizes.filter(pl.col("Group Type") == "Single-academy trust")
    assert single["len"].max() == 1
    assert sizes["len"].max() > 5
    assert now["URN"].is_unique().all()
    joined = members["Date Joined Group"].str.to_date("%d-%m-%Y")
    left = members["Date Left Group"].str.to_date("%d-%m-%Y")
    assert (left > joined).drop_nulls().all()
    assert (left.is_not_null() & ~members["URN"].is_unique()).any(), "some moved between trusts"


def test_absence_totals_are_the_sums_of_the_schools(absence: pl.DataFrame) -> None:
    counted = absence.filter(pl.col("sess_possible") != "x").with_columns(
        pl.col("sess_possible", "sess_overall", "enrolments", "num_schools").cast(pl.Int64)
    )
    schools = counted.filter(pl.col("geographic_level") == "School")
    national = counted.filter(pl.col("geographic_level") == "National")

    assert national["school_type"].to_list() == [
        "Total",
        "State-funded primary",
        "State-funded secondary",
        "Special",
    ]
    n_hidden = absence.height - counted.height
    for name in ("sess_possible", "sess_overall", "enrolments", "num_schools"):
        total = national.filter(pl.col("school_type") == "Total")[name].item()
        parts = national.filter(pl.col("school_type") != "Total")[name].sum()
        assert total == parts
        below = {
            level: counted.filter(
                (pl.col("geographic_level") == level) & (pl.col("school_type") == "Total")
            )[name].sum()
            for level in ("Regional", "Local authority")
        }
        assert below == {"Regional": total, "Local authority": total}
        if not n_hidden:
            assert schools[name].sum() == total


def test_absence_rates_are_rounded_as_published(absence: pl.DataFrame) -> None:
    shown = absence.filter(pl.col("sess_overall_percent") != "x")
    places = pl.col("sess_overall_percent").str.split(".").list.last().str.len_chars()
    by_level = shown.group_by("geographic_level").agg(places.max().alias("places"))
    found = dict(by_level.iter_rows())
    assert found == {"National": 1, "Regional": 5, "Local authority": 5, "School": 5}
    exact = shown.filter(pl.col("geographic_level") == "School").with_columns(
        pl.col("sess_overall", "sess_possible", "sess_overall_percent").cast(pl.Float64)
    )
    rate = 100 * exact["sess_overall"] / exact["sess_possible"]
    assert ((rate - exact["sess_overall_percent"]).abs() < 5.1e-6).all()


def test_absence_parts_add_up_in_every_row(absence: pl.DataFrame) -> None:
    shown = absence.filter(pl.col("sess_overall") != "x")
    numbers = shown.select(pl.all().str.to_integer(strict=False))
    authorised = [c for c in numbers.columns if c.startswith("sess_auth_") and "total" not in c]
    unauthorised = [c for c in numbers.columns if c.startswith("sess_unauth_") and "total" not in c]
    summed = numbers.with_columns(
        a=pl.sum_horizontal(authorised), u=pl.sum_horizontal(unauthorised)
    )
    assert (summed["a"] == summed["sess_authorised"]).all()
    assert (summed["u"] == summed["sess_unauthorised"]).all()
    assert (summed["a"] + summed["u"] == summed["sess_overall"]).all()
    assert (summed["sess_overall"] <= summed["sess_possible"]).all()


def test_absence_quirks(small_england: Path, absence: pl.DataFrame) -> None:
    assert len(absence.columns) == 52
    assert set(absence["sess_auth_ext_holiday"]) <= {":", "x"}
    assert set(absence["all_through"].drop_nulls()) == {"All through", " All through"}
    assert set(absence["year_breakdown"]) == {"six half terms"}
    assert {"Inner London", "Outer London"} <= set(absence["region_name"].drop_nulls())
    hidden = absence.filter(pl.col("enrolments_pa_10_exact") == "c")
    assert 0 < hidden.height < 100
    old = text_of(small_england / "ees_absence_3term_201819.csv")
    assert not set(old["enrolments_pa_10_exact"]) & {"c", "x"}


def test_an_academy_stands_in_the_absence_file_once_it_is_open(
    absence: pl.DataFrame, register: pl.DataFrame
) -> None:
    schools = absence.filter(pl.col("geographic_level") == "School")
    assert schools["urn"].is_unique().all()
    joined = schools.join(register, left_on="urn", right_on="URN", how="left")
    opened = joined["OpenDate"].str.to_date("%d-%m-%Y")
    closed = joined["CloseDate"].str.to_date("%d-%m-%Y")
    assert joined["EstablishmentName"].is_not_null().all()
    assert (opened <= datetime.date(2025, 5, 20)).drop_nulls().all()
    assert (closed > datetime.date(2025, 5, 20)).drop_nulls().all()


def test_census_quirks(small_england: Path) -> None:
    path = small_england / "england_census_202425.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    census = text_of(path, "utf-8-sig")
    assert census["URN"].to_list()[-3:] == ["NAT"] * 3
    independent = census.filter(pl.col("SCHOOLTYPE") == "Independent school")
    assert set(independent["PNUMFSMEVER"]) == {"NA"}
    state = census.filter(pl.col("SCHOOLTYPE").str.starts_with("State-funded"))
    assert "NA" not in set(state["PNUMFSMEVER"])
    national = census.filter(pl.col("ESTAB") == "PRI")["NOR"].item()
    primary = (pl.col("SCHOOLTYPE") == "State-funded primary") & (pl.col("URN") != "NAT")
    assert int(national) == census.filter(primary)["NOR"].cast(int).sum()


def test_inspections_before_and_since_report_cards(small_england: Path) -> None:
    lines = (small_england / GRADES).read_bytes().decode("cp1252").split("\n")
    assert lines[0].strip('"').endswith("latest inspections as at 31 August 2024")
    before = text_of(small_england / GRADES, "cp1252", skip=2)
    since = text_of(small_england / CARDS, "cp1252", skip=2)

    assert set(before["Overall effectiveness"]) == {"1", "2", "3", "4", "NULL"}
    assert "9" in set(before["Sixth form provision (where applicable)"])
    assert "Not judged" in set(since["Latest OEIF overall effectiveness"])
    dated = since.filter(pl.col("Latest OEIF overall effectiveness") == "Not judged")
    days = dated["Inspection start date of latest OEIF graded inspection"].str.to_date("%d/%m/%Y")
    assert days.min() >= datetime.date(2024, 9, 1)
    cards = since.filter(pl.col("Attendance and behaviour") != "NULL")
    starts = cards["Inspection start date"].str.to_date("%d/%m/%Y")
    assert starts.min() >= datetime.date(2025, 11, 10)
    assert (
        pl.Series(before["URN"]) != pl.Series(before["URN at time of latest graded inspection"])
    ).any()


def test_leads_and_applications_scale_with_the_schools(small_england: Path) -> None:
    leads = files.read_list(small_england / "leads.csv", "leads")
    applied = files.read_list(small_england / "applications.csv", "applications")

    n_leads = dict(leads["programme_id"].value_counts().iter_rows())
    assert n_leads == {
        "rise-hubs-2025": 6,
        "behaviour-hubs-2021": 6,
        "special-ap-hubs-example": 6,
    }
    assert leads["urn"].is_unique().all()
    n_applied = dict(applied["programme_id"].value_counts().iter_rows())
    assert 370 <= n_applied["rise-hubs-2025"] <= 400
    assert applied.select("programme_id", "urn").is_duplicated().sum() == 0
