"""What the matching stage takes."""

from schoolhubs.vocabulary.frames.contract import COUNT, NUMBER, TEXT, TEXTS, Column, Frame, needed

PARTNERS = Frame(
    "partners",
    "Schools to be matched, as the matching stage takes them.",
    (
        needed("urn", TEXT, "Partner school", "six digits"),
        needed("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
        needed("pathways", TEXTS, "Pathways it may be placed in, the wished one first"),
        needed("need_weight", COUNT, "Need served by matching it; larger is more", "points"),
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
        needed("urn", TEXT, "Lead school", "six digits"),
        needed("phase", TEXT, "Phase", "vocabulary.phases.Phase"),
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
    "Places a lead school offers on a pathway in each term of a match, before partnerships run.",
    (
        needed("lead_urn", TEXT, "Lead school", "six digits"),
        needed("pathway", TEXT, "Pathway"),
        needed("n_places", COUNT, "Places in all", "partner schools"),
        Column(
            "n_open", COUNT,
            "Places open to the match, where they are counted elsewhere; missing: the places less "
            "the partnerships declared for its fullest term", "partner schools",
        ),
    ),
    key=("lead_urn", "pathway"),
)  # fmt: skip
