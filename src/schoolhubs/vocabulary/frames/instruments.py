"""Answers of leadership teams to self-assessments, and what they come to."""

from schoolhubs.vocabulary.frames.contract import COUNT, DATE, FLAG, TEXT, Frame, needed
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
