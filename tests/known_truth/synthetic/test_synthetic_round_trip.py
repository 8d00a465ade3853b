"""What the files of a synthetic England say is what was generated: nothing lost, nothing added."""

import dataclasses
import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from schoolhubs import files, schools, synthetic
from schoolhubs.cli import main
from schoolhubs.synthetic.calibration import calibration
from schoolhubs.synthetic.official import absence_file
from schoolhubs.vocabulary.calendar import AcademicYear

SEED, N_SCHOOLS, YEAR = 7, 1_500, AcademicYear("2024/25")
GRADES_UNTIL = datetime.date(2024, 8, 31)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trip:
    """An England as it was imagined, its files, and the register that was built of them."""

    truth: synthetic.England
    folder: Path
    register: schools.SchoolRegister


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """Write an England and build its register, both with the commands; imagine it once more."""
    folder = tmp_path_factory.mktemp("trip")
    england, built = str(folder / "england"), str(folder / "register")
    truth = synthetic.imagine(seed=SEED, n_schools=N_SCHOOLS, year=YEAR)
    size = ("--seed", str(SEED), "--schools", str(N_SCHOOLS), "--year", YEAR)
    on = str(truth.on)
    for words in (
        ("synthetic", "england", "--out", england, *size),
        ("data", "inspect", england),
        ("data", "build", "--from", england, "--on", on, "--out", built),
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0, words
    return Trip(truth=truth, folder=folder / "england", register=schools.read_register(Path(built)))


def rows(frame: pl.DataFrame, *names: str) -> list[tuple[object, ...]]:
    """Give the rows of some columns, sorted; missing values first."""
    return frame.select(names).sort(names, nulls_last=False).rows()


def entries_of(trip: Trip) -> pl.DataFrame:
    """Give what the register ought to say of every URN that was generated."""
    of = trip.truth.history.schools.with_row_index("school").cast({"school": pl.Int64})
    past = trip.truth.history.entries.join(
        of.drop("kind", "la_code", "school_name", "gone_on", "fate"), on="school"
    )
    whole = pl.concat([past, trip.truth.planned], how="diagonal")
    return whole.with_columns(
        is_open=pl.col("status").str.starts_with("Open"),
        laestab=pl.format("{}{}", "la_code", "estab"),
        easting=pl.col("easting").cast(pl.Float64),
        northing=pl.col("northing").cast(pl.Float64),
    )


def test_every_file_is_recognised_and_without_a_problem(trip: Trip) -> None:
    reports = [files.inspect(path) for path in files.find([trip.folder])]

    assert [report.path for report in reports if not report.kind or report.problems] == []
    assert {Path(report.path).name for report in reports} == {
        path.name for path in trip.folder.iterdir()
    }


def test_the_register_has_exactly_the_schools_that_were_generated(trip: Trip) -> None:
    told = (
        "urn",
        "laestab",
        "la_name",
        "region",
        "school_name",
        "establishment_type",
        "is_open",
        "opened_on",
        "closed_on",
        "age_low",
        "age_high",
        "gender",
        "religious_character",
        "easting",
        "northing",
    )
    assert rows(trip.register.schools, *told) == rows(entries_of(trip), *told)
    state = trip.register.schools.filter(pl.col("is_open") & pl.col("is_state_funded"))
    assert trip.truth.n_open == N_SCHOOLS
    assert state.height - non_maintained(trip) == N_SCHOOLS


def non_maintained(trip: Trip) -> int:
    """Count open independent schools that the public pays for, which the order leaves out."""
    kind = pl.col("base_type") == "Non-maintained special school"
    of = entries_of(trip).filter(kind & pl.col("is_open"))
    paid = trip.register.schools.filter("is_state_funded")
    return of.join(paid, on="urn", how="semi").height


def test_schools_proposed_to_open_are_listed_and_not_open(trip: Trip) -> None:
    (path,) = trip.folder.glob("edubasealldata*.csv")
    listed = files.read(path).frame.filter(pl.col("status") == "Proposed to open")
    known = trip.register.schools.join(trip.truth.planned.select("urn"), on="urn", how="semi")

    assert set(listed["urn"]) == set(trip.truth.planned["urn"]) == set(known["urn"])
    assert listed.height > 10
    assert not known["is_open"].any()
    assert (listed["opened_on"] > trip.truth.on).drop_nulls().all()
    assert 0 < listed["opened_on"].null_count() < listed.height
    assert listed["n_pupils"].null_count() == listed.height
    assert set(known["status"]) == {"Not yet open"}
    facts = schools.facts(trip.register, on=trip.truth.on)
    assert not facts.join(known, on="urn", how="semi")["is_open"].any()


def test_links_are_exactly_those_that_were_generated(trip: Trip) -> None:
    # Ofsted names the URN it inspected, which the register counts as a link too.
    listed = trip.register.links.filter(~pl.col("link_kind").str.contains("named by Ofsted"))

    told = ("urn", "link_urn", "established_on")
    assert rows(listed, *told) == rows(trip.truth.history.links, *told)
    named = trip.register.links.filter(pl.col("link_kind").str.contains("named by Ofsted"))
    school = trip.truth.history.entries.select("urn", "school")
    pairs = named.join(school, on="urn").join(
        school.rename({"urn": "link_urn", "school": "other"}), on="link_urn"
    )
    assert pairs.height == named.height
    assert (pairs["school"] == pairs["other"]).all()


def test_trusts_are_exactly_those_that_were_generated(trip: Trip) -> None:
    truth = trip.truth.trusts.members.join(trip.truth.trusts.trusts, on="trust_id")

    told = ("urn", "trust_id", "trust_name", "joined_on", "left_on")
    assert rows(trip.register.trusts, *told) == rows(truth, *told)
    now = truth.filter(pl.col("left_on").is_null())
    members = trip.register.schools.filter(pl.col("trust_id").is_not_null() & pl.col("is_open"))
    assert rows(members, "urn", "trust_id") == rows(now, "urn", "trust_id")


@pytest.mark.parametrize("position", [0, 3, 6])
def test_absence_is_what_was_generated_but_for_what_is_withheld(trip: Trip, position: int) -> None:
    truth, year = trip.truth, trip.truth.panel.years[position]
    rng = np.random.default_rng([SEED, 200 + position])
    counts = absence_file.school_counts(
        truth.history.schools,
        truth.history.entries,
        truth.panel,
        position,
        calibration(),
        rng,
    )
    told = ("sess_possible", "sess_overall", "sess_authorised", "enrolments")
    read = trip.register.absence.filter(pl.col("year") == year)

    both = read.join(counts, on="urn", suffix="_true", how="left")
    shown = both.filter(pl.col("sess_possible").is_not_null())

    assert set(read["urn"]) == set(counts["urn"])
    for name in told:
        assert (shown[name] == shown[f"{name}_true"]).all()
    known = shown.filter(pl.col("enrolments_pa_10_exact").is_not_null())
    assert (known["enrolments_pa_10_exact"] == known["enrolments_pa_10_exact_true"]).all()
    withheld = shown.filter(pl.col("enrolments_pa_10_exact").is_null())
    assert set(withheld["enrolments_pa_10_exact_true"]) <= {1, 2}
    n_left_out = both.height - shown.height
    assert n_left_out <= both.height // 100
    if year == "2015/16":
        assert n_left_out == withheld.height == 0


def test_intake_is_what_was_generated(trip: Trip) -> None:
    shares = ("fsm_ever_percent", "sen_support_percent", "ehc_plan_percent", "eal_percent")
    truth = entries_of(trip).filter(pl.col("is_open") & (pl.col("kind") != "independent"))

    both = truth.join(trip.register.schools, on="urn", suffix="_read", how="left")

    assert (both["n_pupils"] == both["n_pupils_read"]).all()
    # A share is published of a whole number of pupils, to one decimal.
    by_counting = 50 / both["n_pupils"] + 0.05
    for name in shares:
        off = (both[name] - both[f"{name}_read"]).abs()
        assert off.null_count() == 0
        assert (off <= by_counting + 1e-9).all()


def test_inspections_are_those_that_were_generated_and_the_latest_are_there(trip: Trip) -> None:
    truth, read = trip.truth.inspections, trip.register.inspections
    told = ("urn", "inspected_on", "overall_grade", "behaviour_grade", "attendance_and_behaviour")

    told_before = truth.select(told).rows()
    assert set(read.select(told).rows()) <= set(told_before)

    school = trip.truth.history.entries.select("urn", "school", "establishment_type", "status")
    fresh = school.filter(pl.col("establishment_type").str.contains("sponsor led"))
    open_now = school.filter(pl.col("status").str.starts_with("Open"))
    latest = (
        truth.filter(pl.col("published_on") <= trip.truth.on)
        .join(fresh, on="school", how="anti")
        .join(open_now, on="school", how="semi")
        .sort("inspected_on")
        .group_by("school", maintain_order=True)
        .last()
    )
    assert latest.height > N_SCHOOLS // 2
    assert latest.join(read, on=["urn", "inspected_on"], how="anti").height == 0


def test_leads_and_applications_are_what_was_generated(trip: Trip) -> None:
    leads = files.read_list(trip.folder / "leads.csv", "leads")
    applied = files.read_list(trip.folder / "applications.csv", "applications")

    told = ("programme_id", "urn", "school_name", "leads_from", "leads_until")
    assert rows(leads, *told) == rows(trip.truth.leads, *told)
    told = ("programme_id", "urn", "pathway", "applied_on")
    assert rows(applied, *told) == rows(trip.truth.applications, *told)


def test_another_england_does_not_pass_for_this_one(trip: Trip) -> None:
    """Negative control: the next seed's schools, links and trusts are not these."""
    other = synthetic.imagine(seed=SEED + 1, n_schools=N_SCHOOLS, year=YEAR)
    swapped = dataclasses.replace(trip, truth=other)

    for compare in (
        test_the_register_has_exactly_the_schools_that_were_generated,
        test_links_are_exactly_those_that_were_generated,
        test_trusts_are_exactly_those_that_were_generated,
        test_intake_is_what_was_generated,
        test_inspections_are_those_that_were_generated_and_the_latest_are_there,
    ):
        with pytest.raises(AssertionError):
            compare(swapped)
