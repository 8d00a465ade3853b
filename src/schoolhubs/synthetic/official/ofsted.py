"""Ofsted's management information: each open school's latest inspections as at a day."""

import datetime

import polars as pl

from schoolhubs.synthetic.population.history import History
from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework

DAY = "%d/%m/%Y"
_AREA_COLUMNS = {
    "Inclusion": "inclusion",
    "Curriculum and teaching": "curriculum_and_teaching",
    "Achievement": "achievement",
    "Attendance and behaviour": "attendance_and_behaviour",
    "Personal development and wellbeing": "personal_development",
    "Leadership and governance": "leadership_and_governance",
}
_PHASES = {
    "primary": "Primary",
    "middle_deemed_primary": "Primary",
    "secondary": "Secondary",
    "middle_deemed_secondary": "Secondary",
    "all_through": "Secondary",
    "special": "Special",
    "alternative_provision": "PRU",
    "nursery": "Nursery",
}
_GRADES = {
    "Overall effectiveness": "overall_grade",
    "Quality of education": "quality_grade",
    "Behaviour and attitudes": "behaviour_grade",
    "Personal development": "personal_grade",
    "Effectiveness of leadership and management": "leadership_grade",
}


def management_information(
    history: History,
    inspections: pl.DataFrame,
    trusts_now: pl.DataFrame,
    headers: dict[str, list[str]],
    on: datetime.date,
) -> tuple[list[str], pl.DataFrame]:
    """Give the two title lines and the table as text.

    Before report cards a row holds the latest and the previous graded inspection; since then the
    latest report card and, apart, the latest inspection of the framework before. What was
    published after ``on`` is not known to it. An academy converter keeps its predecessor's
    inspection, under the URN that was inspected; a sponsor-led academy starts with none.
    """
    since_cards = on >= official.framework_begins()[Framework.REPORT_CARD]
    schools = _open_schools(history, trusts_now, on)
    seen = _countable(history, inspections, on)
    if since_cards:
        cards = pl.col("framework") == Framework.REPORT_CARD
        rows = _with_latest(schools, seen.filter(cards), 1, "last")
        rows = _with_latest(rows, seen.filter(~cards), 1, "oeif")
        known = {**_about(), **_full(), **_cards(), **_oeif()}
    else:
        rows = _with_latest(schools, seen, 1, "last")
        rows = _with_latest(rows, seen, 2, "previous")
        known = {**_about(), **_graded(), **_previous()}
    header = headers["since_report_cards" if since_cards else "overall_grades"]
    text = rows.sort("urn").select(
        (known[name].cast(pl.String) if name in known else pl.lit(None, pl.String)).alias(name)
        for name in header
    )
    written = f"{on.day} {on:%B %Y}"
    titles = [
        f"Management information - state-funded schools - latest inspections as at {written}",
        f"Inspections published by {written}. This is a synthetic England: no school here is real.",
    ]
    return titles, text.fill_null("NULL")


def _open_schools(history: History, trusts_now: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    schools = history.schools.with_row_index("school").with_columns(pl.col("school").cast(pl.Int64))
    started = pl.col("opened_on").is_null() | (pl.col("opened_on") <= on)
    running = pl.col("closed_on").is_null() | (pl.col("closed_on") > on)
    now = history.entries.filter(started & running & (pl.col("kind") != "independent"))
    return (
        now.select("school", "urn", "school_name", "establishment_type", "opened_on", "estab")
        .join(schools.drop("school_name"), on="school", maintain_order="left")
        .join(trusts_now, on="urn", how="left", maintain_order="left")
    )


def _countable(history: History, inspections: pl.DataFrame, on: datetime.date) -> pl.DataFrame:
    """Leave out what is not published yet, and what came before a sponsor-led academy opened."""
    fresh = history.entries.filter(
        pl.col("establishment_type").str.contains("sponsor led") & (pl.col("opened_on") <= on)
    )
    start = fresh.group_by("school").agg(pl.col("opened_on").max().alias("start"))
    seen = inspections.filter(pl.col("published_on") <= on).join(start, on="school", how="left")
    return seen.filter(pl.col("start").is_null() | (pl.col("inspected_on") >= pl.col("start")))


def _with_latest(
    rows: pl.DataFrame, inspections: pl.DataFrame, back: int, prefix: str
) -> pl.DataFrame:
    """Join the latest inspection, or the one ``back`` steps before the end."""
    turn = pl.int_range(pl.len(), 0, -1).over("school")
    of = inspections.sort("school", "inspected_on").filter(turn == back).rename({"urn": "then_urn"})
    names = {name: f"{prefix}_{name}" for name in of.columns if name != "school"}
    return rows.join(of.rename(names), on="school", how="left", maintain_order="left")


def _about() -> dict[str, pl.Expr]:
    return {
        "Web Link": pl.lit("http://www.example.org/synthetic"),
        "URN": pl.col("urn"),
        "LAESTAB": pl.format("{}{}", "la_code", "estab"),
        "School name": pl.col("school_name"),
        "Ofsted phase": pl.col("kind").replace_strict(_PHASES),
        "Type of education": pl.col("establishment_type"),
        "School open date": pl.col("opened_on").dt.strftime(DAY),
        "Designated religious character": pl.col("religious_character"),
        "Ofsted region": pl.col("region"),
        "Region": pl.col("region"),
        "Local authority": pl.col("la_name"),
        "Multi-academy trust UID": pl.when("is_multi").then("trust_id"),
        "Multi-academy trust name": pl.when("is_multi").then("trust_name"),
        "Total number of pupils": pl.col("n_pupils").cast(pl.Int64),
        "Statutory lowest age": pl.col("age_low"),
        "Statutory highest age": pl.col("age_high"),
    }


def _relates(prefix: str) -> pl.Expr:
    same = pl.col(f"{prefix}_then_urn") == pl.col("urn")
    return pl.when(same).then(pl.lit("Yes")).when(same.is_not_null()).then(pl.lit("No"))


def _day(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime(DAY)


def _graded() -> dict[str, pl.Expr]:
    """The latest graded inspection, in the words of the years of overall grades."""
    out = {
        "Inspection number of latest graded inspection": pl.format("9{}", "last_then_urn"),
        "Inspection type": pl.when(pl.col("last_then_urn").is_not_null()).then(
            pl.lit("S5 Inspection")
        ),
        "Inspection start date": _day("last_inspected_on"),
        "Inspection end date": pl.col("last_inspected_on").dt.offset_by("1d").dt.strftime(DAY),
        "Publication date": _day("last_published_on"),
        "Does the latest graded inspection relate to the URN of the current school?": _relates(
            "last"
        ),
        "URN at time of latest graded inspection": pl.col("last_then_urn"),
    }
    known = pl.col("last_then_urn").is_not_null()
    early = pl.when(known & (pl.col("age_low") <= 4)).then(pl.col("last_overall_grade"))
    sixth = pl.when(known & (pl.col("age_high") >= 18)).then(pl.col("last_overall_grade"))
    return {
        **out,
        **{name: pl.col(f"last_{column}") for name, column in _GRADES.items()},
        "Early years provision (where applicable)": early.otherwise(pl.when(known).then(9)),
        "Sixth form provision (where applicable)": sixth.otherwise(pl.when(known).then(9)),
    }


def _previous() -> dict[str, pl.Expr]:
    return {
        "Previous graded inspection number": pl.format("8{}", "previous_then_urn"),
        "Previous inspection start date": _day("previous_inspected_on"),
        "Previous publication date": _day("previous_published_on"),
        "URN at time of previous graded inspection": pl.col("previous_then_urn"),
        "Previous graded inspection overall effectiveness": pl.col("previous_overall_grade"),
        "Previous behaviour and attitudes": pl.col("previous_behaviour_grade"),
    }


def _full() -> dict[str, pl.Expr]:
    """The latest inspection with a report card."""
    return {
        "Inspection number of latest full inspection": pl.format("9{}", "last_then_urn"),
        "Inspection type": pl.when(pl.col("last_then_urn").is_not_null()).then(
            pl.lit("Full inspection")
        ),
        "Inspection start date": _day("last_inspected_on"),
        "Publication date": _day("last_published_on"),
        "Does the latest full inspection relate to the URN of the current school?": _relates(
            "last"
        ),
        "URN at time of latest full inspection": pl.col("last_then_urn"),
    }


def _cards() -> dict[str, pl.Expr]:
    out: dict[str, pl.Expr] = {
        "Safeguarding standards": pl.when(pl.col("last_then_urn").is_not_null()).then(pl.lit("Met"))
    }
    for name, column in _AREA_COLUMNS.items():
        out[name] = pl.col(f"last_{column}")
        out[f"{name} - date of grade"] = _day("last_inspected_on")
    return out


def _oeif() -> dict[str, pl.Expr]:
    """The latest inspection of the framework before, with or without an overall grade."""
    known = pl.col("oeif_then_urn").is_not_null()
    no_overall = pl.when(known).then(pl.lit("Not judged"))
    overall = pl.col("oeif_overall_grade").cast(pl.String)
    lower = {name: name[0].lower() + name[1:] for name in _GRADES}
    return {
        "Inspection number of latest OEIF graded inspection": pl.format("7{}", "oeif_then_urn"),
        "Inspection start date of latest OEIF graded inspection": _day("oeif_inspected_on"),
        "Publication date of latest OEIF graded inspection": _day("oeif_published_on"),
        "Does the latest OEIF graded inspection relate to the URN of the current school?": _relates(
            "oeif"
        ),
        "URN at time of latest OEIF graded inspection": pl.col("oeif_then_urn"),
        **{f"Latest OEIF {lower[k]}": pl.col(f"oeif_{v}") for k, v in _GRADES.items()},
        "Latest OEIF overall effectiveness": pl.coalesce(overall, no_overall),
    }
