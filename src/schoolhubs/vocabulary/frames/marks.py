"""Attendance marks on their way in, and the official measures on their way out."""

import polars as pl

from schoolhubs.vocabulary.frames.contract import COUNT, DATE, FLAG, NUMBER, TEXT, Frame, needed
from schoolhubs.vocabulary.frames.contract import Column as Col

SESSIONS_A_WEEK = 10
SMALL = pl.Int8()

MARKS = Frame(
    "marks",
    "Attendance marks as stored and exchanged: a row for each pupil, school and week. A school's "
    "half-term must not end inside a week: split the marks into two rows if it does.",
    (
        needed("urn", TEXT, "School that took the marks", "six digits"),
        needed("pupil", pl.Int64(), "Keyed hash of the pupil, of use in this school only"),
        needed("week_on", DATE, "Monday of the week"),
        needed(
            "marks",
            TEXT,
            "A letter a session, Monday morning to Friday afternoon; '.' where no mark was due "
            "or taken, as before admission, after leaving and in holidays",
            "ten letters of attendance/codes.yaml",
        ),
        needed("year", TEXT, "Academic year", "2017/18"),
        needed("term", TEXT, "Term, by the school's own dates", "autumn, spring or summer"),
        needed("half_term", SMALL, "Half-term within the year", "1 to 6"),
        Col("year_group", SMALL, "Year group; reception is 0 and nursery below", "-2 to 14"),
        Col("fsm", FLAG, "Eligible for free school meals"),
        Col("sen", FLAG, "Has special educational needs: SEN support or an EHC plan"),
        Col("ehc", FLAG, "Has an EHC plan"),
        Col("sex", TEXT, "Sex", "F or M"),
        Col("has_reason", FLAG, "A person recorded a medical or SEND reason for absence"),
    ),
    key=("urn", "pupil", "week_on", "half_term"),
)

# What measures can be cut by: the word on the command line, and its column.
CUTS = {
    "school": Col("urn", TEXT, "School", "six digits"),
    "year": Col("year", TEXT, "Academic year", "2017/18"),
    "term": Col("term", TEXT, "Term", "autumn, spring or summer"),
    "half_term": Col("half_term", SMALL, "Half-term within the year", "1 to 6"),
    "week": Col("week_on", DATE, "Monday of the week"),
    "weekday": Col("weekday", SMALL, "Day of the week", "1 (Monday) to 5"),
    "session": Col("session", TEXT, "Half of the day", "am or pm"),
    "year_group": Col("year_group", SMALL, "Year group; reception is 0", "-2 to 14"),
    "fsm": Col("fsm", FLAG, "Eligible for free school meals"),
    "sen": Col("sen", FLAG, "Has special educational needs"),
    "ehc": Col("ehc", FLAG, "Has an EHC plan"),
    "sex": Col("sex", TEXT, "Sex", "F or M"),
}

# What a pupil's sessions are kept apart by; all but the marks and the week of MARKS.
KEPT_APART = (
    "urn",
    "pupil",
    "year",
    "term",
    "half_term",
    "year_group",
    "fsm",
    "sen",
    "ehc",
    "sex",
)

_COUNTED = (
    ("sess_marked", "Sessions with a mark of any kind"),
    ("sess_possible", "Possible sessions: attended, approved, authorised and unauthorised"),
    ("sess_attended", "In school, late before the register closed included"),
    ("sess_approved", "At an approved educational activity elsewhere"),
    ("sess_overall", "Sessions missed"),
    ("sess_authorised", "Sessions missed with leave"),
    ("sess_unauthorised", "Sessions missed without leave"),
    ("sess_unable", "Unable to attend, so not possible"),
    ("sess_not_required", "Not required to attend, so not possible"),
    ("sess_dual", "At the other school of a dual registration, which counts them"),
    ("sess_open", "Sessions of a pupil on roll while the school was open, whatever the mark"),
    ("sess_protected", "Missed for a medical appointment, religion or a recorded reason"),
    ("sess_late", "Late, before the register closed; part of attended"),
    ("sess_approved_visit", "Educational visit"),
    ("sess_approved_sport", "Sporting activity"),
    ("sess_approved_work", "Work experience"),
    ("sess_approved_interview", "Interview, until August 2024"),
    ("sess_approved_la", "Provision arranged by the local authority"),
    ("sess_approved_other", "Another approved educational activity"),
    ("sess_auth_illness", "Illness"),
    ("sess_auth_appointments", "Medical or dental appointment"),
    ("sess_auth_religious", "Religious observance"),
    ("sess_auth_study", "Study leave"),
    ("sess_auth_traveller", "Mobile family travelling for work"),
    ("sess_auth_holiday", "Agreed holiday, until August 2024"),
    ("sess_auth_excluded", "Suspended or excluded"),
    ("sess_auth_part_time", "Part-time timetable, from August 2024"),
    ("sess_auth_performance", "Performance or employment abroad, from August 2024"),
    ("sess_auth_interview", "Interview, from August 2024"),
    ("sess_auth_other", "Other leave"),
    ("sess_unauth_holiday", "Holiday not granted"),
    ("sess_unauth_late", "Late, after the register closed"),
    ("sess_unauth_other", "Other, or unknown"),
    ("sess_unauth_noyet", "No reason yet"),
    ("sess_not_required_age", "Not of compulsory age and not required"),
)
# What is counted session by session; every engine gives all of them.
COUNTED = tuple(name for name, _ in _COUNTED)

COUNTERS = Frame(
    "counters",
    "Sessions of each pupil in each half-term, kept so that no page counts marks. A pupil who "
    "changes group within it has a row for each.",
    (
        *(column for column in MARKS.columns if column.name in KEPT_APART),
        *(needed(name, pl.UInt16(), about, "sessions") for name, about in _COUNTED),
    ),
    key=KEPT_APART,
)

MEASURES = Frame(
    "measures",
    "Official absence measures: a row for each combination of the cuts asked for, whose columns "
    "stand before these. A rate without a possible session is missing.",
    (
        needed("enrolments", COUNT, "Pupil enrolments with a possible session", "enrolments"),
        *(needed(name, COUNT, about, "sessions") for name, about in _COUNTED),
        Col("enrolments_pa_10_exact", COUNT, "Missed 10 % or more of own possible sessions"),
        Col("enrolments_pa_50_exact", COUNT, "Missed 50 % or more of own possible sessions"),
        Col("persistent_absence_mark", TEXT, "z where the cut is too short for the two above"),
        Col("sess_overall_percent", NUMBER, "Absence, of possible sessions", "0-100"),
        Col("sess_authorised_percent", NUMBER, "Authorised, of possible sessions", "0-100"),
        Col("sess_unauthorised_percent", NUMBER, "Unauthorised, of possible sessions", "0-100"),
        Col("enrolments_pa_10_exact_percent", NUMBER, "Persistent, of enrolments", "0-100"),
        Col("enrolments_pa_50_exact_percent", NUMBER, "Severe, of enrolments", "0-100"),
        Col("sess_late_percent", NUMBER, "Late, of possible sessions", "0-100"),
        Col("sess_auth_part_time_percent", NUMBER, "Part-time, of possible sessions", "0-100"),
        Col("attended_percent", NUMBER, "In school or approved, of possible sessions", "0-100"),
        Col(
            "time_in_school_percent",
            NUMBER,
            "In school, of all sessions the school was open to the pupil: recoding leaves it alone",
            "0-100",
        ),
        Col(
            "addressable_percent",
            NUMBER,
            "Absence without the protected, of possible sessions",
            "0-100",
        ),
    ),
)
