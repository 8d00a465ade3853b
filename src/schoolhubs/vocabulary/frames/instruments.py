"""What a school says and shows of itself: self-assessments, behaviour, what was seen on a day."""

from schoolhubs.vocabulary.frames.contract import (
    COUNT,
    DATE,
    FLAG,
    NUMBER,
    TEXT,
    Frame,
    needed,
)
from schoolhubs.vocabulary.frames.contract import Column as Col

SELF_ASSESSMENT_ANSWERS = Frame(
    "self_assessment_answers",
    "Answers to self-assessments: a row for each school, person and item. An item that somebody "
    "left out has no row.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("instrument_id", TEXT, "Self-assessment", "attendance-mainstream"),
        needed("version", TEXT, "Its version as it was answered", "1.0"),
        needed("fingerprint", TEXT, "Digest of its items as they were answered", "hex digits"),
        needed("person", TEXT, "Who of the leadership team; never a pupil"),
        needed("item", TEXT, "Name of the item"),
        Col("value", COUNT, "Point of the scale; missing for 'I cannot tell'", "1 to 4"),
        Col("note", TEXT, "What was seen"),
        Col("finished_on", DATE, "Day on which the school finished; missing while it answers"),
        Col("restarted_from", TEXT, "Version that was being answered before"),
    ),
    key=("urn", "instrument_id", "version", "person", "item"),
)

SELF_ASSESSMENT_PROFILE = Frame(
    "self_assessment_profile",
    "What teams answered, a row for each school and item of the instrument. There is no mean: "
    "differences within a team are what it talks about.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("instrument_id", TEXT, "Self-assessment"),
        needed("version", TEXT, "Its version as it was answered"),
        needed("item", TEXT, "Name of the item"),
        needed("section", TEXT, "Section of the item"),
        needed("root_cause", TEXT, "Root cause that a low answer speaks for"),
        needed("n_people", COUNT, "People of the team who answered anything", "people"),
        needed("n_answered", COUNT, "People who chose a point here", "people"),
        needed("n_cannot_tell", COUNT, "People who said that they cannot tell", "people"),
        Col("lowest", COUNT, "Lowest answer; missing where nobody chose a point", "1 to 4"),
        Col("highest", COUNT, "Highest answer; missing where nobody chose a point", "1 to 4"),
        Col("is_agreed", FLAG, "All who chose chose the same; missing where fewer than two did"),
    ),
    key=("urn", "instrument_id", "item"),
)

BEHAVIOUR = Frame(
    "behaviour",
    "What a school's behaviour return shows, small numbers hidden: a row for each measure and "
    "group. A measure that nobody gave has a row that says so, and no nought.",
    (
        needed("urn", TEXT, "School", "six digits"),
        needed("year", TEXT, "Academic year, or the part of it that the return is of", "2025/26"),
        needed("measure", TEXT, "What is counted", "measures of behaviour.yaml"),
        needed("cut", TEXT, "What the row is cut by", "all, sex, fsm, sen, ehc, year_group"),
        needed("label", TEXT, "Label of the group", "all, yes"),
        Col("n_pupils", COUNT, "Pupils on roll, rounded", "pupils"),
        Col("n_pupils_mark", TEXT, "Why there is no such number", "c, low"),
        Col("n_affected", COUNT, "Pupils with at least one, rounded", "pupils"),
        Col("n_affected_mark", TEXT, "Why there is no such number", "c, low"),
        Col("total", COUNT, "How many, rounded; of days lost, days", "events or days"),
        Col("total_mark", TEXT, "Why there is no such number", "c, low"),
        Col("rate", NUMBER, "How many in 100 pupils", "in 100 pupils"),
        Col("rate_low", NUMBER, "Lower end of its 90 % interval", "in 100 pupils"),
        Col("rate_high", NUMBER, "Upper end of its 90 % interval", "in 100 pupils"),
        Col("rate_mark", TEXT, "Why there is no rate", "c, u, z"),
        Col("affected_percent", NUMBER, "Share of pupils with at least one", "0-100"),
        Col("affected_low", NUMBER, "Lower end of its 90 % interval", "0-100"),
        Col("affected_high", NUMBER, "Upper end of its 90 % interval", "0-100"),
        Col("affected_percent_mark", TEXT, "Why there is no share", "c, u, z"),
        needed("reason", TEXT, "Why there is nothing; blank if there is"),
    ),
    key=("urn", "year", "measure", "cut", "label"),
)

OBSERVATIONS = Frame(
    "observations",
    "What was seen on a diagnostic day: a row for each thing, on one root cause. Never a pupil.",
    (
        needed("observation_id", TEXT, "Its own name in the file"),
        needed("root_cause", TEXT, "Root cause it is about", "root_causes.yaml"),
        needed("by", TEXT, "Which side saw it", "school, lead_school"),
        needed("says", TEXT, "What it speaks for", "for, against, cannot_tell"),
        needed("text", TEXT, "What was seen"),
        Col("place", TEXT, "Where"),
        Col("seen_on", DATE, "When"),
    ),
    key=("observation_id",),
)

BARRIERS = Frame(
    "barriers",
    "What keeps pupils away that lies outside the school, with the body that answers for it.",
    (
        needed("root_cause", TEXT, "One of the outside causes", "root_causes.yaml"),
        needed("extent", TEXT, "Whom it keeps away and how much, in words"),
        Col("body", TEXT, "Who answers for it"),
        Col("referral", TEXT, "What was asked of that body"),
        Col("referred_on", DATE, "When"),
        Col("answer", TEXT, "What it said"),
        Col("answered_on", DATE, "When"),
    ),
    key=("root_cause",),
)
