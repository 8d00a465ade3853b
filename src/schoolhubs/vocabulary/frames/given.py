"""The lists a programme gives: applications, leads, partnerships, overrides, rulings, places."""

from schoolhubs.vocabulary.frames.contract import DATE, FLAG, NUMBER, TEXT, Column, Frame, needed

APPLICATIONS = Frame(
    "applications",
    "Applications to join. Further columns hold answers to the programme's own questions, as text.",
    (
        needed("urn", TEXT, "Applicant school", "six digits"),
        Column("programme_id", TEXT, "Programme applied to; missing means the one being run"),
        Column("pathway", TEXT, "Pathway asked for; missing means any"),
        Column("applied_on", DATE, "Day of application"),
    ),
)

LEADS = Frame(
    "leads",
    "Lead schools of a programme. capacity_<pathway> columns state places; missing: the rule's.",
    (
        needed("urn", TEXT, "Lead school", "six digits"),
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
        needed("partner_urn", TEXT, "Partner school", "six digits"),
        needed("lead_urn", TEXT, "Lead school", "six digits"),
        needed("pathway", TEXT, "Pathway the place is counted in"),
        needed("started_on", DATE, "First day"),
        Column("finished_on", DATE, "First day after the last; missing while it runs"),
    ),
)

OVERRIDES = Frame(
    "overrides",
    "What the programme office has fixed by hand: pins, bans and declared conflicts, with reasons.",
    (
        needed("kind", TEXT, "pin, ban or conflict"),
        needed("partner_urn", TEXT, "Partner school", "six digits"),
        needed("lead_urn", TEXT, "Lead school", "six digits"),
        Column("reason", TEXT, "Why"),
    ),
)

RULINGS = Frame(
    "rulings",
    "What people decided about applications, where the rules could not tell or against them.",
    (
        needed("urn", TEXT, "Applicant school", "six digits"),
        needed("pathway", TEXT, "Pathway decided on"),
        needed("verdict", TEXT, "What was decided", "yes or no"),
        needed("reason", TEXT, "Why"),
        needed("decided_by", TEXT, "Who decided"),
    ),
    key=("urn", "pathway"),
)

POINTS = Frame(
    "points",
    "Places to travel between.",
    (
        needed("id", TEXT, "Any identifier, such as a URN"),
        needed("lat", NUMBER, "Latitude, WGS84", "degrees"),
        needed("lon", NUMBER, "Longitude, WGS84", "degrees"),
    ),
    key=("id",),
)
