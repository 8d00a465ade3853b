"""Tables of a round: decisions, and the next lead schools of each school."""

from schoolhubs.vocabulary.frames import COUNT, NUMBER, TEXT, Column, Frame

DECISIONS = Frame(
    "decisions",
    "Who may join: a row for each applicant school and pathway. Further columns are kept.",
    (
        Column("urn", TEXT, "Applicant school", "six digits", may_be_missing=False),
        Column("school_name", TEXT, "Name as published"),
        Column("region", TEXT, "Region"),
        Column("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
        Column("pathway", TEXT, "Pathway decided on", may_be_missing=False),
        Column("verdict", TEXT, "yes, no or cannot tell", may_be_missing=False),
        Column("binding_rule", TEXT, "First rule that did not say yes; missing where all did"),
        Column("reason", TEXT, "What that rule read, what it asks for, and from which source"),
        Column("would_pass_if", TEXT, "What would make it pass, or settle it"),
    ),
    key=("urn", "pathway"),
)

ALTERNATIVES = Frame(
    "alternatives",
    "The next lead schools of each school, best first, with what blocked each and its price.",
    (
        Column("urn", TEXT, "Partner school", "six digits", may_be_missing=False),
        Column("rank", COUNT, "Order among the lead schools of that school", may_be_missing=False),
        Column("lead_urn", TEXT, "Lead school", "six digits", may_be_missing=False),
        Column("pathway", TEXT, "Pathway"),
        Column("minutes", NUMBER, "One-way drive; missing where unreachable", "minutes"),
        Column("blocked_by", TEXT, "records.matching.Alternative.blocked_by"),
        Column("price_need", COUNT, "Need points no longer served if forced", "points"),
        Column("price_moved", COUNT, "Further schools moved, in a re-match", "schools"),
        Column("price_exceptions", COUNT, "Further journeys over the limit", "journeys"),
        Column("price_schools", COUNT, "Schools no longer matched", "schools"),
        Column(
            "price_weighted_minutes", NUMBER, "Further minutes, long ones counted more", "minutes"
        ),
        Column("price_minutes", NUMBER, "Further minutes over all schools", "minutes"),
    ),
    key=("urn", "rank"),
)
