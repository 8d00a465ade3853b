"""The tables of surveys: answers without any key to a person, and what is made of them."""

from schoolhubs.vocabulary.frames.contract import (
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Column,
    Frame,
    needed,
)

_URN = needed("urn", TEXT, "School", "six digits, or `school` if not said")
_WAVE = needed("wave", TEXT, "Month of the survey; pooled waves are joined by +", "2026-11")
_RESPONDENTS = needed("respondents", TEXT, "Who answered", "pupils, staff, leaders")
_MEASURE = needed("measure", TEXT, "Name of a scale or an item of the instrument")
_GROUPS = (
    Column("year_group", TEXT, "Year group of a pupil", "5 to 13"),
    Column("fsm", TEXT, "Eligible for free school meals", "yes, no"),
    Column("sex", TEXT, "Sex", "female, male"),
    Column("sen", TEXT, "Special educational needs", "none, support, plan"),
    Column("role", TEXT, "Role of a member of staff", "leader, teacher, support, other"),
)

ANSWERS = Frame(
    "answers",
    "Answers to a survey: no name, number or time; beside these columns one for each item.",
    (
        _URN,
        _WAVE,
        *_GROUPS,
        Column("phase", TEXT, "Phase of the school, for comparisons between phases"),
        Column("language", TEXT, "Language it was answered in", "two letters"),
    ),
)

SURVEY_POPULATION = Frame(
    "survey_population",
    "Those who were asked, by the groups that answers are weighted to.",
    (
        _URN,
        *_GROUPS,
        needed("n_asked", COUNT, "Pupils on roll or staff employed", "people"),
    ),
)

SURVEY_SCORES = Frame(
    "survey_scores",
    "Scales and items by school and group, small groups hidden; every value weighted.",
    (
        _URN,
        _WAVE,
        _RESPONDENTS,
        needed("kind", TEXT, "What the measure is", "scale, item"),
        _MEASURE,
        needed("cut", TEXT, "What the row is cut by; joined by a semicolon", "all, year_group"),
        needed("label", TEXT, "Label of the group", "all, 7"),
        Column("n_answered", COUNT, "Who answered enough to count", "people"),
        Column("value", NUMBER, "Mean of a scale, or share of good answers", "0-100"),
        Column("value_mark", TEXT, "Why there is no value", "c, w, ge95, le5"),
        Column("low", NUMBER, "Lower end of the 90 % interval", "0-100"),
        Column("high", NUMBER, "Upper end of the 90 % interval", "0-100"),
        Column("standard_error", NUMBER, "As against another month; no finite whole", "points"),
        needed("said", TEXT, "The value as it is to be shown"),
        Column("reliability", NUMBER, "How much of the spread between schools is real", "0-1"),
        Column("shrunk", NUMBER, "Value drawn toward schools of its kind", "0-100"),
        Column("shrunk_low", NUMBER, "Lower end of its 90 % interval", "0-100"),
        Column("shrunk_high", NUMBER, "Upper end of its 90 % interval", "0-100"),
        Column("rank_low", COUNT, "Best place it may have; 1 is the highest", "place"),
        Column("rank_high", COUNT, "Worst place it may have", "place"),
        Column("n_ranked", COUNT, "Schools that were ranked", "schools"),
    ),
    key=("urn", "wave", "respondents", "measure", "cut", "label"),
)  # fmt: skip

SURVEY_RESPONSE = Frame(
    "survey_response",
    "How many answered, and how far they had to be weighted.",
    (
        _URN,
        _WAVE,
        _RESPONDENTS,
        Column("n_answered", COUNT, "Who answered anything; missing where too few", "people"),
        Column("n_asked", COUNT, "Who was asked", "people"),
        Column("response_percent", NUMBER, "Share who answered", "0-100"),
        Column("is_low", FLAG, "Too few answered to be ranked; missing if not known"),
        needed("weighted_to", TEXT, "Groups that answers are weighted to; joined by a semicolon"),
        Column("design_effect", NUMBER, "Variance with weights over variance without", "ratio"),
        Column("weight_low", NUMBER, "Least weight", "ratio to the mean"),
        Column("weight_high", NUMBER, "Greatest weight", "ratio to the mean"),
        Column("n_trimmed", COUNT, "Answers whose weight stands at a limit", "people"),
    ),
    key=("urn", "wave", "respondents"),
)

SURVEY_RELIABILITY = Frame(
    "survey_reliability",
    "How well the items of a scale hang together, all schools and waves in one.",
    (
        _RESPONDENTS,
        _MEASURE,
        Column("n_complete", COUNT, "Who answered every item of the scale", "people"),
        Column("alpha", NUMBER, "Cronbach's alpha", "0-1"),
        Column("alpha_low", NUMBER, "Lower end of its 95 % interval", "0-1"),
        Column("alpha_high", NUMBER, "Upper end of its 95 % interval", "0-1"),
        Column("omega", NUMBER, "McDonald's omega, one factor", "0-1"),
        Column("omega_low", NUMBER, "Lower end of its 95 % interval", "0-1"),
        Column("omega_high", NUMBER, "Upper end of its 95 % interval", "0-1"),
        needed("reason", TEXT, "Why there is none; blank if there is"),
    ),
    key=("respondents", "measure"),
)

SURVEY_CHANGES = Frame(
    "survey_changes",
    "Change from one wave to the next, held against the national change of the same waves.",
    (
        _URN,
        _RESPONDENTS,
        _MEASURE,
        needed("cut", TEXT, "What the row is cut by", "all, year_group"),
        needed("label", TEXT, "Label of the group", "all, 7"),
        needed("from_wave", TEXT, "Earlier wave", "2026-06"),
        needed("to_wave", TEXT, "Later wave", "2026-11"),
        Column("change", NUMBER, "Later less earlier", "points"),
        Column("low", NUMBER, "Lower end of the 90 % interval", "points"),
        Column("high", NUMBER, "Upper end of the 90 % interval", "points"),
        Column("national_change", NUMBER, "National change between the same waves", "points"),
        Column("shrunk_change", NUMBER, "Change drawn toward the national change", "points"),
        Column("shrunk_low", NUMBER, "Lower end of its 90 % interval", "points"),
        Column("shrunk_high", NUMBER, "Upper end of its 90 % interval", "points"),
        needed("verdict", TEXT, "Whether it is better or worse than the national change"),
        needed("reason", TEXT, "Why it cannot be told; blank if it can"),
    ),
    key=("urn", "respondents", "measure", "cut", "label", "from_wave", "to_wave"),
)  # fmt: skip

SURVEY_GAPS = Frame(
    "survey_gaps",
    "Staff and pupils of one school and wave side by side, scale by scale; never averaged.",
    (
        _URN,
        _WAVE,
        _MEASURE,
        Column("staff", NUMBER, "Mean score of staff", "0-100"),
        Column("pupils", NUMBER, "Mean score of pupils", "0-100"),
        Column("gap", NUMBER, "Staff less pupils", "points"),
        Column("low", NUMBER, "Lower end of the 90 % interval", "points"),
        Column("high", NUMBER, "Upper end of the 90 % interval", "points"),
        needed("verdict", TEXT, "Staff higher, pupils higher, no clear gap, or cannot tell"),
        needed("reason", TEXT, "Why it cannot be told; blank if it can"),
    ),
    key=("urn", "wave", "measure"),
)  # fmt: skip

ITEM_DIFFERENCES = Frame(
    "item_differences",
    "Whether an item is answered alike by people of two groups who stand alike on its scale.",
    (
        _RESPONDENTS,
        needed("item", TEXT, "Name of the item"),
        needed("by", TEXT, "What the groups are of", "phase, language"),
        needed("group", TEXT, "The group"),
        needed("against", TEXT, "The group it is held against"),
        needed("n_answered", COUNT, "Who answered, both groups together", "people"),
        Column("odds_ratio", NUMBER, "Odds of a counted answer, scale held equal", "ratio"),
        Column("low", NUMBER, "Lower end of the 95 % interval", "ratio"),
        Column("high", NUMBER, "Upper end of the 95 % interval", "ratio"),
        needed("size", TEXT, "How large that is", "negligible, moderate, large, cannot tell"),
    ),
    key=("respondents", "item", "by", "group"),
)
