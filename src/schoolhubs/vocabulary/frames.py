"""The column contract of every table that one package hands to another.

A frame contract names each column with its type, unit and meaning, and says whether a value may
be missing. Missing is null and never zero. Where a published figure was withheld or not
applicable, a companion column ``<name>_mark`` keeps the symbol that was printed instead
(``SUPP``, ``NA``, ``:``, ``x``, ``c``, ``z``, ``low``).
The page ``docs/reference/frames.md`` is generated from this module.
"""

import dataclasses

import polars as pl

from schoolhubs.vocabulary.errors import DataProblem, Problem

TEXT = pl.String()
DATE = pl.Date()
NUMBER = pl.Float64()
COUNT = pl.Int64()
FLAG = pl.Boolean()
TEXTS = pl.List(pl.String())


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column: name, polars type, unit or allowed values, meaning."""

    name: str
    dtype: pl.DataType
    about: str
    unit: str = ""
    may_be_missing: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Frame:
    """The contract of one table.

    Examples
    --------
    >>> LINKS.empty().columns
    ['urn', 'link_urn', 'link_kind', 'established_on']
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column names with their polars types, in order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Give the table with no rows."""
        return pl.DataFrame(schema=self.schema)

    def fill(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Put columns in order and type, add absent ones as missing, drop others, and check.

        Raises
        ------
        DataProblem
            If a value cannot be cast, a needed value is missing or a key repeats.
        """
        present = [
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in self.schema.items()
        ]
        return self.check(frame.select(present))

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return ``frame`` as it is, if it keeps the contract; extra columns are allowed.

        Raises
        ------
        DataProblem
            Naming each column that is absent, of another type, or missing a needed value.
        """
        problems = [fault for column in self.columns for fault in self._faults(column, frame)]
        if not problems and self.key and frame.select(self.key).is_duplicated().any():
            twice = frame.filter(frame.select(self.key).is_duplicated()).row(0, named=True)
            shown = ", ".join(f"{name} {twice[name]}" for name in self.key)
            problems = [
                self._problem("repeated_key", f"{self.name} has more than one row for {shown}")
            ]
        if problems:
            raise DataProblem(problems)
        return frame

    def _faults(self, column: Column, frame: pl.DataFrame) -> list[Problem]:
        if column.name not in frame.columns:
            return [self._problem("absent_column", f"{self.name} has no column {column.name}")]
        found = frame.schema[column.name]
        if found != column.dtype:
            text = f"{self.name}.{column.name} is {found}, expected {column.dtype}"
            return [self._problem("wrong_type", text)]
        if not column.may_be_missing and (n := frame[column.name].null_count()):
            text = f"{self.name}.{column.name} is missing in {n:,} of {frame.height:,} rows"
            return [self._problem("missing_value", text)]
        return []

    def _problem(self, code: str, fault: str) -> Problem:
        return Problem(code=code, fault=fault, remedy="See docs/reference/frames.md.")


def _needed(name: str, dtype: pl.DataType, about: str, unit: str = "") -> Column:
    return Column(name, dtype, about, unit, may_be_missing=False)


SCHOOLS = Frame(
    "schools",
    "The school register as at one date: a row for each establishment known by then.",
    (
        _needed("urn", TEXT, "Unique reference number", "six digits"),
        Column("laestab", TEXT, "Local authority and establishment number", "seven digits"),
        Column("la_code", TEXT, "Local authority number", "three digits"),
        Column("la_name", TEXT, "Local authority"),
        Column("region", TEXT, "One of the nine regions of England"),
        _needed("school_name", TEXT, "Name as published"),
        Column("establishment_type", TEXT, "Type as published, such as Community school"),
        _needed("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
        _needed("is_state_funded", FLAG, "Maintained school or academy of any kind"),
        _needed("is_open", FLAG, "Open on the date; open but proposed to close counts as open"),
        Column("status", TEXT, "Status as published, or as inferred from other files"),
        Column("opened_on", DATE, "First day, where known"),
        Column("closed_on", DATE, "First day closed, where known"),
        Column("age_low", COUNT, "Statutory lowest age", "years"),
        Column("age_high", COUNT, "Statutory highest age", "years"),
        Column("n_pupils", COUNT, "Pupils on roll in the context year", "pupils"),
        Column("fsm_percent", NUMBER, "Pupils eligible for free school meals", "0-100"),
        Column("fsm_ever_percent", NUMBER, "Eligible at any time in the last six years", "0-100"),
        Column("sen_support_percent", NUMBER, "Pupils with SEN support", "0-100"),
        Column("ehc_plan_percent", NUMBER, "Pupils with a statement or EHC plan", "0-100"),
        Column("eal_percent", NUMBER, "Pupils with English as an additional language", "0-100"),
        Column("context_series", TEXT, "Publication the five figures above come from"),
        Column("context_year", TEXT, "Academic year of those figures", "2017/18"),
        _needed("is_context_later", FLAG, "That year, or one not stated, ends after the date"),
        Column("trust_id", TEXT, "Group identifier of the trust on the date"),
        Column("trust_name", TEXT, "Name of the trust on the date"),
        Column("trust_joined_on", DATE, "Day the school joined that trust, where known"),
        Column("is_selective", FLAG, "Selects by ability"),
        Column("gender", TEXT, "Mixed, Boys or Girls"),
        Column("religious_character", TEXT, "Religious character as published"),
        Column("urban_rural", TEXT, "Urban or rural classification as published"),
        Column("need_types", TEXTS, "Types of special need provided for, as published"),
        Column("postcode", TEXT, "Postcode"),
        Column("easting", NUMBER, "British National Grid", "metres"),
        Column("northing", NUMBER, "British National Grid", "metres"),
        Column("lat", NUMBER, "Latitude, WGS84", "degrees"),
        Column("lon", NUMBER, "Longitude, WGS84", "degrees"),
        Column("location_source", TEXT, "File kind the place was read from"),
        _needed("is_placed_at_successor", FLAG, "Its place was read from a successor's row"),
        Column("predecessor_urns", TEXTS, "Earlier URNs of this school, nearest first"),
        Column("successor_urns", TEXTS, "Later URNs of this school, nearest first"),
    ),
    key=("urn",),
)

ABSENCE = Frame(
    "absence",
    "Published absence, a row for each school, year and series. Series are never mixed.",
    (
        _needed("urn", TEXT, "URN as published in that year", "six digits"),
        _needed("year", TEXT, "Academic year", "2017/18"),
        _needed("series", TEXT, "Publication", "vocabulary.phases.Series"),
        Column("half_terms", COUNT, "Half terms the figures cover: 5 or 6", "half terms"),
        Column("laestab", TEXT, "Local authority and establishment number", "seven digits"),
        Column("la_code", TEXT, "Local authority number then", "three digits"),
        Column("region", TEXT, "Region then"),
        Column("phase", TEXT, "Phase as that publication groups it", "vocabulary.phases.Phase"),
        Column("enrolments", COUNT, "Pupil enrolments", "enrolments"),
        Column("sess_possible", COUNT, "Possible sessions", "sessions"),
        Column("sess_overall", COUNT, "Sessions missed", "sessions"),
        Column("sess_authorised", COUNT, "Sessions missed with leave", "sessions"),
        Column("sess_unauthorised", COUNT, "Sessions missed without leave", "sessions"),
        Column("sess_overall_percent", NUMBER, "Absence rate", "0-100"),
        Column("sess_authorised_percent", NUMBER, "Authorised absence rate", "0-100"),
        Column("sess_unauthorised_percent", NUMBER, "Unauthorised absence rate", "0-100"),
        Column("enrolments_pa_10_exact", COUNT, "Persistent absentees, 10 % or more", "enrolments"),
        Column("enrolments_pa_10_exact_percent", NUMBER, "Persistent absentees", "0-100"),
        Column("persistent_absence_mark", TEXT, "Symbol printed instead of the figure above"),
        Column("source_file", TEXT, "Name of the file it was read from"),
    ),
    key=("urn", "year", "series"),
)

INSPECTIONS = Frame(
    "inspections",
    "Graded inspections of schools, under the URN that was inspected.",
    (
        _needed("urn", TEXT, "URN inspected", "six digits"),
        Column("inspected_on", DATE, "First day of the inspection, where published"),
        _needed("framework", TEXT, "Inspection framework", "vocabulary.phases.Framework"),
        Column("overall_grade", COUNT, "Overall effectiveness", "1 (outstanding) to 4"),
        Column("behaviour_grade", COUNT, "Behaviour and attitudes", "1 (outstanding) to 4"),
        Column("attendance_and_behaviour", TEXT, "Report card judgement of that area"),
        Column("known_by", DATE, "Day by which the source published it"),
        _needed("source", TEXT, "File kind and period it was read from"),
    ),
)

LINKS = Frame(
    "links",
    "Predecessors and successors of schools, as published; both directions may be listed.",
    (
        _needed("urn", TEXT, "School", "six digits"),
        _needed("link_urn", TEXT, "The school it is linked to", "six digits"),
        _needed("link_kind", TEXT, "predecessor or successor, then merged, amalgamated, split …"),
        Column("established_on", DATE, "Day of the change, where published"),
    ),
)

TRUSTS = Frame(
    "trusts",
    "Which school was in which trust, and when. A day that is not known is missing.",
    (
        _needed("urn", TEXT, "School", "six digits"),
        _needed("trust_id", TEXT, "Group identifier of the trust"),
        Column("trust_name", TEXT, "Name of the trust"),
        Column("joined_on", DATE, "First day in the trust"),
        Column("left_on", DATE, "First day no longer in the trust"),
    ),
)

SCHOOL_FACTS = Frame(
    "school_facts",
    "What eligibility reads: the school register with the inspection and absence that count.",
    (
        *SCHOOLS.columns,
        Column("inspection_urn", TEXT, "URN the inspection below was made of"),
        Column("inspected_on", DATE, "Day of the last graded inspection known by the date"),
        Column("inspection_framework", TEXT, "Its framework", "vocabulary.phases.Framework"),
        Column("overall_grade", COUNT, "Overall effectiveness", "1 (outstanding) to 4"),
        Column("behaviour_grade", COUNT, "Behaviour and attitudes", "1 (outstanding) to 4"),
        Column("attendance_and_behaviour", TEXT, "Report card judgement of that area"),
        Column("inspection_source", TEXT, "File kind and period"),
        _needed("is_inspection_of_predecessor", FLAG, "The inspection was of an earlier URN"),
        Column("was_inspected_in_trust", FLAG, "Inspected while in its present trust"),
        Column("absence_year", TEXT, "Newest full year of absence known by the date", "2017/18"),
        Column("absence_series", TEXT, "Its series", "vocabulary.phases.Series"),
        Column("absence_half_terms", COUNT, "Half terms it covers", "half terms"),
        Column("absence_urn", TEXT, "URN it was published under"),
        Column("absence_percent", NUMBER, "Absence rate of that year", "0-100"),
        Column("persistent_absence_percent", NUMBER, "Persistent absentees that year", "0-100"),
        Column("persistent_absence_mark", TEXT, "Symbol printed instead of that figure"),
        Column("absence_mean_percent", NUMBER, "Mean of up to three years of one series", "0-100"),
        Column("n_absence_years", COUNT, "Years in that mean", "years"),
        Column("absence_phase_percent", NUMBER, "Same year, same series: the phase", "0-100"),
        Column("persistent_absence_phase_percent", NUMBER, "Same, persistent absentees", "0-100"),
        Column("enrolments", COUNT, "Pupil enrolments of that year", "enrolments"),
    ),
    key=("urn",),
)

APPLICATIONS = Frame(
    "applications",
    "Applications to join. Further columns hold answers to the programme's own questions, as text.",
    (
        _needed("urn", TEXT, "Applicant school", "six digits"),
        Column("programme_id", TEXT, "Programme applied to; missing means the one being run"),
        Column("pathway", TEXT, "Pathway asked for; missing means any"),
        Column("applied_on", DATE, "Day of application"),
    ),
)

LEADS = Frame(
    "leads",
    "Lead schools of a programme. capacity_<pathway> columns state places; missing: the rule's.",
    (
        _needed("urn", TEXT, "Lead school", "six digits"),
        Column("programme_id", TEXT, "Programme it leads in; missing means the one being run"),
        Column("school_name", TEXT, "Name as given"),
        Column("leads_from", DATE, "First day as a lead"),
        Column("leads_until", DATE, "First day no longer a lead"),
        Column("is_topped_up", FLAG, "Added by rule, not named by the programme"),
    ),
)

PARTNERSHIPS = Frame(
    "partnerships",
    "Partnerships that stand from earlier cohorts. finished_on is the first day after the last.",
    (
        _needed("partner_urn", TEXT, "Partner school", "six digits"),
        _needed("lead_urn", TEXT, "Lead school", "six digits"),
        _needed("pathway", TEXT, "Pathway the place is counted in"),
        _needed("started_on", DATE, "First day"),
        Column("finished_on", DATE, "First day after the last; missing while it runs"),
    ),
)

OVERRIDES = Frame(
    "overrides",
    "What the programme office has fixed by hand: pins, bans and declared conflicts, with reasons.",
    (
        _needed("kind", TEXT, "pin, ban or conflict"),
        _needed("partner_urn", TEXT, "Partner school", "six digits"),
        _needed("lead_urn", TEXT, "Lead school", "six digits"),
        Column("reason", TEXT, "Why"),
    ),
)

POINTS = Frame(
    "points",
    "Places to travel between.",
    (
        _needed("id", TEXT, "Any identifier, such as a URN"),
        _needed("lat", NUMBER, "Latitude, WGS84", "degrees"),
        _needed("lon", NUMBER, "Longitude, WGS84", "degrees"),
    ),
    key=("id",),
)

PARTNERS = Frame(
    "partners",
    "Schools to be matched, as the matching stage takes them.",
    (
        _needed("urn", TEXT, "Partner school", "six digits"),
        _needed("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
        _needed("pathways", TEXTS, "Pathways it may be placed in, the wished one first"),
        _needed("need_weight", COUNT, "Need served by matching it; larger is more", "points"),
        Column("region", TEXT, "Region"),
        Column("trust_id", TEXT, "Trust"),
        Column("need_types", TEXTS, "Types of special need"),
        Column("age_low", COUNT, "Statutory lowest age", "years"),
        Column("age_high", COUNT, "Statutory highest age", "years"),
        Column("n_pupils", COUNT, "Pupils on roll", "pupils"),
        Column("fsm_ever_percent", NUMBER, "Free school meals in the last six years", "0-100"),
        Column("sen_support_percent", NUMBER, "SEN support", "0-100"),
        Column("eal_percent", NUMBER, "English as an additional language", "0-100"),
    ),
    key=("urn",),
)

LEAD_SCHOOLS = Frame(
    "lead_schools",
    "Lead schools as the matching stage takes them; shared names mean what they mean in partners.",
    (
        _needed("urn", TEXT, "Lead school", "six digits"),
        _needed("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
        Column("region", TEXT, "Region"),
        Column("trust_id", TEXT, "Trust"),
        Column("need_types", TEXTS, "Types of special need"),
        Column("age_low", COUNT, "Statutory lowest age", "years"),
        Column("age_high", COUNT, "Statutory highest age", "years"),
        Column("n_pupils", COUNT, "Pupils on roll", "pupils"),
        Column("fsm_ever_percent", NUMBER, "Free school meals in the last six years", "0-100"),
        Column("sen_support_percent", NUMBER, "SEN support", "0-100"),
        Column("eal_percent", NUMBER, "English as an additional language", "0-100"),
    ),
    key=("urn",),
)

CAPACITY = Frame(
    "capacity",
    "Places a lead school offers on a pathway in the term being matched, before partnerships run.",
    (
        _needed("lead_urn", TEXT, "Lead school", "six digits"),
        _needed("pathway", TEXT, "Pathway"),
        _needed("n_places", COUNT, "Places in all", "partner schools"),
    ),
    key=("lead_urn", "pathway"),
)

ALL = (
    SCHOOLS,
    ABSENCE,
    INSPECTIONS,
    LINKS,
    TRUSTS,
    SCHOOL_FACTS,
    APPLICATIONS,
    LEADS,
    PARTNERSHIPS,
    OVERRIDES,
    POINTS,
    PARTNERS,
    LEAD_SCHOOLS,
    CAPACITY,
)
