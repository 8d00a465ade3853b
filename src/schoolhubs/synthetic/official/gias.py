"""The register's own files: the full extract, the links, and who belongs to which trust."""

from typing import Any

import numpy as np
import polars as pl

from schoolhubs.synthetic.population.history import History
from schoolhubs.synthetic.population.trusts import Trusts

ENCODING = "cp1252"
DAY = "%d-%m-%Y"
REGION_CODES = {
    "North East": "A",
    "North West": "B",
    "Yorkshire and the Humber": "D",
    "East Midlands": "E",
    "West Midlands": "F",
    "East of England": "G",
    "London": "H",
    "South East": "J",
    "South West": "K",
}
_STATUS_CODES = {"Open": 1, "Closed": 2, "Open, but proposed to close": 3, "Proposed to open": 4}


def extract(
    history: History,
    trusts: Trusts,
    planned: pl.DataFrame,
    header: list[str],
    kinds: dict[str, Any],
    on: np.datetime64,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Give the full extract as text, every official column in order.

    Columns the synthetic England knows nothing of are blank, as many are in the original.
    """
    entries = history.entries.sort("urn")
    schools = history.schools.with_row_index("school").with_columns(pl.col("school").cast(pl.Int64))
    rows = entries.join(
        schools.drop("kind", "la_code", "school_name", "gone_on", "fate"),
        on="school",
        maintain_order="left",
    )
    rows = pl.concat([rows, planned], how="diagonal").join(
        _current_trust(trusts), on="urn", how="left", maintain_order="left"
    )
    known = {**_identity(kinds, on), **_intake(on), **_place()}
    text = rows.with_columns(postcode=postcodes(rows["la_code"], rng)).select(
        [expression.cast(pl.String).alias(name) for name, expression in known.items()]
    )
    blanks = [pl.lit("").alias(name) for name in header if name not in known]
    return text.with_columns(blanks).select(header).fill_null("")


def _current_trust(trusts: Trusts) -> pl.DataFrame:
    now = trusts.members.filter(pl.col("left_on").is_null())
    return now.join(trusts.trusts, on="trust_id").select(
        "urn", "trust_id", "trust_name", "is_multi"
    )


def _identity(kinds: dict[str, Any], on: np.datetime64) -> dict[str, pl.Expr]:
    types, phases = kinds["types"], kinds["phases"]
    a_type = pl.col("establishment_type")
    kind = pl.col("kind")
    trust = pl.col("trust_id")
    supported = (
        pl.when("is_multi")
        .then(pl.lit("Supported by a multi-academy trust"))
        .otherwise(pl.lit("Supported by a single-academy trust"))
    )
    return {
        "URN": pl.col("urn"),
        "LA (code)": pl.col("la_code"),
        "LA (name)": pl.col("la_name"),
        "EstablishmentNumber": pl.col("estab"),
        "EstablishmentName": pl.col("school_name"),
        "TypeOfEstablishment (code)": _coded(a_type, {k: v[0] for k, v in types.items()}),
        "TypeOfEstablishment (name)": a_type,
        "EstablishmentTypeGroup (code)": _coded(a_type, {k: v[1] for k, v in types.items()}),
        "EstablishmentTypeGroup (name)": _coded(a_type, {k: v[2] for k, v in types.items()}),
        "EstablishmentStatus (code)": _coded(pl.col("status"), _STATUS_CODES),
        "EstablishmentStatus (name)": pl.col("status"),
        "ReasonEstablishmentOpened (name)": pl.col("reason_opened"),
        "OpenDate": pl.col("opened_on").dt.strftime(DAY),
        "ReasonEstablishmentClosed (name)": pl.col("reason_closed"),
        # The register names the last day of a school; ours is the first day without it.
        "CloseDate": pl.col("closed_on").dt.offset_by("-1d").dt.strftime(DAY),
        "PhaseOfEducation (code)": _coded(kind, {k: v[0] for k, v in phases.items()}),
        "PhaseOfEducation (name)": _coded(kind, {k: v[1] for k, v in phases.items()}),
        "StatutoryLowAge": pl.col("age_low"),
        "StatutoryHighAge": pl.col("age_high"),
        "Boarders (name)": pl.lit("No boarders"),
        "OfficialSixthForm (name)": pl.when(pl.col("age_high") >= 18)
        .then(pl.lit("Has a sixth form"))
        .otherwise(pl.lit("Does not have a sixth form")),
        "Gender (name)": pl.col("gender"),
        "ReligiousCharacter (name)": pl.col("religious_character"),
        "ReligiousEthos (name)": pl.lit("Does not apply"),
        "AdmissionsPolicy (name)": pl.when("is_selective")
        .then(pl.lit("Selective"))
        .when(kind.is_in(["secondary", "all_through", "middle_deemed_secondary"]))
        .then(pl.lit("Non-selective"))
        .otherwise(pl.lit("Not applicable")),
        "TrustSchoolFlag (name)": pl.when(trust.is_null())
        .then(pl.lit("Not applicable"))
        .otherwise(supported),
        "Trusts (code)": trust,
        "Trusts (name)": pl.col("trust_name"),
        "UKPRN": pl.lit("19") + pl.col("urn"),
        "LastChangedDate": pl.lit(on).cast(pl.Date).dt.strftime(DAY),
        "Section41Approved (name)": pl.lit("Not applicable"),
        "SEN1 (name)": pl.col("need"),
        "SEN2 (name)": pl.col("need_2"),
        "SEN3 (name)": pl.col("need_3"),
    }


def _intake(on: np.datetime64) -> dict[str, pl.Expr]:
    is_open = pl.col("status").str.starts_with("Open")
    is_to_be = pl.col("status") != "Closed"
    pupils = pl.col("n_pupils").cast(pl.Int64)
    girls = (pupils * pl.col("girls_percent") / 100).round().cast(pl.Int64)
    state = is_open & (pl.col("kind") != "independent")
    census = (on.astype("datetime64[Y]") - 1).astype("datetime64[D]") + 20

    def if_open(value: pl.Expr) -> pl.Expr:
        return pl.when(is_open).then(value)

    return {
        "SchoolCapacity": pl.when(is_to_be).then((pupils * 1.08).round().cast(pl.Int64)),
        "CensusDate": if_open(pl.lit(census).cast(pl.Date).dt.strftime(DAY)),
        "NumberOfPupils": if_open(pupils),
        "NumberOfBoys": if_open(pupils - girls),
        "NumberOfGirls": if_open(girls),
        "PercentageFSM": pl.when(state).then(pl.col("fsm_percent").round(1)),
        "FSM": pl.when(state).then((pupils * pl.col("fsm_percent") / 100).round().cast(pl.Int64)),
    }


def _place() -> dict[str, pl.Expr]:
    return {
        "Street": pl.format("{} Lane", pl.col("town")),
        "Town": pl.col("town"),
        "County (name)": pl.col("la_name"),
        "Postcode": pl.when(pl.col("easting").is_not_null()).then(pl.col("postcode")),
        "GOR (code)": _coded(pl.col("region"), REGION_CODES),
        "GOR (name)": pl.col("region"),
        "DistrictAdministrative (code)": pl.col("gss_code"),
        "DistrictAdministrative (name)": pl.col("la_name"),
        "UrbanRural (name)": pl.col("urban_rural"),
        "GSSLACode (name)": pl.col("gss_code"),
        "Easting": pl.col("easting"),
        "Northing": pl.col("northing"),
    }


def _coded(column: pl.Expr, codes: dict[str, Any]) -> pl.Expr:
    return column.replace_strict({k: str(v) for k, v in codes.items()}, return_dtype=pl.String)


def postcodes(la_code: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Give postcodes of area ZZ, which the post office has never given out."""
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"), dtype=object)
    n = len(la_code)
    district = la_code.cast(pl.Int64).to_numpy() % 99 + 1
    pair = rng.integers(0, len(letters), (2, n))
    joined = np.array(
        [f"ZZ{d} {s}" for d, s in zip(district, rng.integers(0, 10, n), strict=True)], dtype=object
    )
    return pl.Series(joined + letters[pair[0]] + letters[pair[1]], dtype=pl.String)


def links(history: History) -> pl.DataFrame:
    """Give the links file as text: both directions, days as DD-MM-YYYY, some left out."""
    names = history.entries.select(link_urn="urn", link_name="school_name")
    joined = history.links.join(names, on="link_urn", how="left", maintain_order="left")
    return joined.sort("urn", "link_urn").select(
        pl.col("urn").alias("URN"),
        pl.col("link_urn").alias("LinkURN"),
        pl.col("link_name").alias("LinkName"),
        pl.col("link_type").alias("LinkType"),
        pl.col("established_on").dt.strftime(DAY).fill_null("").alias("LinkEstablishedDate"),
    )


def membership(history: History, trusts: Trusts) -> pl.DataFrame:
    """Give who joined and left which trust, with days, as text."""
    names = history.entries.select("urn", "school_name")
    rows = trusts.members.join(trusts.trusts, on="trust_id", maintain_order="left").join(
        names, on="urn", maintain_order="left"
    )
    kind = pl.when("is_multi").then(pl.lit("Multi-academy trust"))
    return rows.select(
        pl.col("urn").alias("URN"),
        pl.col("school_name").alias("EstablishmentName"),
        pl.col("trust_id").alias("Group UID"),
        pl.format("TR9{}", pl.col("trust_id").str.slice(2)).alias("Group ID"),
        pl.col("trust_name").alias("Group Name"),
        kind.otherwise(pl.lit("Single-academy trust")).alias("Group Type"),
        pl.col("joined_on").dt.strftime(DAY).alias("Date Joined Group"),
        pl.col("left_on").dt.strftime(DAY).fill_null("").alias("Date Left Group"),
        pl.lit("").alias("Group Closed Date"),
    )
