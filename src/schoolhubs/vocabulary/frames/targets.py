"""The tables of attendance targets: what goes into a fit, and what every school gets out."""

from schoolhubs.vocabulary.frames.contract import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Column,
    Frame,
    needed,
)
from schoolhubs.vocabulary.frames.register import CONTEXT

SCHOOL_YEARS = Frame(
    "school_years",
    "Absence by school and year, years before a conversion or merger under the newer school too.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("year", TEXT, "Academic year", "2017/18"),
        needed(
            "phase", TEXT, "Phase the publication groups it with", "primary, secondary, special"
        ),
        needed("is_own", FLAG, "Published under this URN, not under an earlier school's"),
        Column("figure_urns", TEXT, "URNs it was published under"),
        Column("la_code", TEXT, "Local authority number then", "three digits"),
        Column("region", TEXT, "Region then"),
        Column("half_terms", COUNT, "Half terms the figures cover: 5 or 6", "half terms"),
        Column("enrolments", COUNT, "Pupil enrolments", "enrolments"),
        Column("sess_possible", COUNT, "Possible sessions", "sessions"),
        Column("sess_overall_percent", NUMBER, "Absence rate", "0-100"),
    ),
    key=("urn", "year"),
)

SCHOOL_CONTEXT = Frame(
    "school_context",
    "Context of each school, its own or else that of the nearest school in its line.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("school_name", TEXT, "Name as published"),
        Column("context_urn", TEXT, "URN the six figures of context were published under"),
        Column("phase", TEXT, "Phase it is counted with", "primary, secondary, special"),
        needed("is_open", FLAG, "Open on the date of the school register"),
        needed("is_special_or_ap", FLAG, "Special school or alternative provision"),
        Column("la_code", TEXT, "Local authority number", "three digits"),
        Column("region", TEXT, "One of the nine regions of England"),
        *(Column(name, NUMBER, f"As in schools: {name}") for name in CONTEXT),
        Column("context_year", TEXT, "Academic year of those figures", "2017/18"),
        Column("is_selective", FLAG, "Selects by ability"),
        Column("selective_share", NUMBER, "Secondary schools of its authority that select", "0-1"),
        Column("trust_id", TEXT, "Group identifier of the trust"),
        Column("urban_rural", TEXT, "Urban or rural classification as published"),
        Column("need_types", TEXT, "Types of special need provided for, joined by a semicolon"),
        Column("age_low", COUNT, "Statutory lowest age", "years"),
        Column("age_high", COUNT, "Statutory highest age", "years"),
        Column("lat", NUMBER, "Latitude, WGS84", "degrees"),
        Column("lon", NUMBER, "Longitude, WGS84", "degrees"),
    ),
    key=("urn",),
)

NATIONAL_ABSENCE = Frame(
    "national_absence",
    "Absence of a whole phase in England, by year: what schools are set beside.",
    (
        needed("phase", TEXT, "Phase", "primary, secondary, special"),
        needed("year", TEXT, "Academic year", "2017/18"),
        needed("sess_overall_percent", NUMBER, "Absence rate", "0-100"),
        needed("how", TEXT, "Summed over schools, or as published"),
    ),
    key=("phase", "year"),
)

TARGETS = Frame(
    "targets",
    "Expectation, target and interval of each school for a year; absence, percent of sessions.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("phase", TEXT, "Phase it is counted with", "primary, secondary, special"),
        Column("expected_percent", NUMBER, "Absence expected with no change in practice", "0-100"),
        Column("target_percent", NUMBER, "Target; missing for special schools and AP", "0-100"),
        Column("low_percent", NUMBER, "Lower end of the 80 % prediction interval", "0-100"),
        Column("high_percent", NUMBER, "Upper end of the 80 % prediction interval", "0-100"),
        Column("chance_unaided", NUMBER, "Chance of meeting the target as things are", "0-1"),
        Column("last_year_percent", NUMBER, "Absence of the year before, as published", "0-100"),
        Column("baseline_percent", NUMBER, "That year with chance taken out", "0-100"),
        Column(
            "frontier_percent", NUMBER, "A quarter of schools of that context do better", "0-100"
        ),
        Column("national_percent", NUMBER, "National figure it is stated against", "0-100"),
        Column("national_year", TEXT, "Year of that figure", "2017/18"),
        Column(
            "chance_size_percent",
            NUMBER,
            "How far its year differs by chance of pupils, one sd",
            "points",
        ),
        needed("n_years", COUNT, "Earlier years that went in", "years"),
        needed("context_part", TEXT, "Which context was known: full, fsm or bare"),
        Column("reason", TEXT, "Why a figure is missing"),
    ),
    key=("urn",),
)
