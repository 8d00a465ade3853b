"""Every value of every definition is dated, sourced and honest about its status."""

import datetime

import pytest

from schoolhubs import programmes
from schoolhubs.vocabulary.records.settings import Setting, Status

EVERY = [programmes.load(programme_id) for programme_id in programmes.list_ids()]
SETTINGS = [
    pytest.param(setting, id=f"{programme.programme_id}:{setting.path}")
    for programme in EVERY
    for setting in programme.settings.values()
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_value_has_unit_date_source_and_status(setting: Setting) -> None:
    assert setting.description
    assert setting.unit
    for entry in (*setting.entries, *setting.also_published):
        assert isinstance(entry.from_on, datetime.date)
        assert entry.source.title
        assert entry.source.read_on >= datetime.date(2026, 11, 1)
        assert isinstance(entry.status, Status)
        assert entry.why or entry.status is not Status.ASSUMED


def test_the_walk_reaches_every_part_of_a_definition() -> None:
    for programme in EVERY:
        parts = {path[0] for path in programme.settings}
        assert parts >= {"programme", "pathways", "eligibility", "matching", "money"}
        assert parts == set(programme.tree) - {"sources"}
        assert len(programme.settings) >= 60


def test_folder_and_identifier_agree() -> None:
    for programme in EVERY:
        assert programme.folder.name == programme.programme_id


def test_an_example_nobody_announced_assumes_all_it_asks() -> None:
    example = programmes.load("special-ap-hubs-example")
    for path, setting in example.settings.items():
        if path[0] in {"pathways", "matching", "money", "training"} or path[1] == "rules":
            assert all(entry.is_assumed for entry in setting.entries), setting.path


PUBLISHED = {
    ("behaviour-hubs-2021", "pathways.core.days_per_partner"): {"minimum": 12, "maximum": 20},
    ("behaviour-hubs-2021", "pathways.extended.days_per_partner"): {"minimum": 20, "maximum": 40},
    ("behaviour-hubs-2021", "pathways.multi_school.days_per_partner"): {
        "minimum": 22,
        "maximum": 30,
    },
    ("behaviour-hubs-2021", "pathways.core.places_per_lead"): 3,
    ("behaviour-hubs-2021", "pathways.extended.places_per_lead"): 2,
    ("behaviour-hubs-2021", "pathways.core.optional_extra_terms"): 3,
    ("behaviour-hubs-2021", "pathways.multi_school.duration_terms"): 6,
    ("behaviour-hubs-2021", "money.grant.maximum_grant_pence"): 9_000_00,
    ("behaviour-hubs-2021", "money.budget.total_pence"): 10_000_000_00,
    ("behaviour-hubs-2021", "matching.preferred_maximum_minutes"): 120,
    ("behaviour-hubs-2021", "programme.senior_leaders_named"): 3,
    ("rise-hubs-2025", "pathways.enhanced.places_per_lead"): 6,
    ("rise-hubs-2025", "pathways.enhanced.lead_days_per_partner"): 10,
    ("rise-hubs-2025", "pathways.enhanced.duration_terms"): 3,
    ("rise-hubs-2025", "money.budget.total_pence"): 1_500_000_00,
    ("rise-hubs-2025", "programme.planned_hub_counts"): 90,
}


@pytest.mark.parametrize(("where", "value"), PUBLISHED.items(), ids=lambda where: str(where))
def test_published_values(where: tuple[str, str], value: object) -> None:
    programme = programmes.load(where[0])
    entry = programme.settings[tuple(where[1].split("."))].entry(datetime.date(2026, 11, 21))
    assert entry.value == value
    assert entry.status is Status.PUBLISHED


def test_contradicting_readings_are_both_kept() -> None:
    behaviour = programmes.load("behaviour-hubs-2021").settings
    paid = behaviour["money", "grant", "paid_as"]
    assert "first year" in paid.entries[0].value
    assert "time on the programme" in paid.also_published[0].value
    rise = programmes.load("rise-hubs-2025").settings
    places = rise["pathways", "regional", "places_per_lead"]
    assert places.entries[0].value == 50
    assert [other.value for other in places.also_published] == [30, 40]


def test_nine_termly_cohorts() -> None:
    cohorts = programmes.load("behaviour-hubs-2021").settings["programme", "cohorts"].entries[0]
    assert len(cohorts.value) == 9
    assert cohorts.value[0] == datetime.date(2021, 4, 1)
    assert cohorts.value[-1] == datetime.date(2024, 1, 1)


def test_the_days_of_the_special_and_ap_example_add_up_as_its_reasons_say() -> None:
    programme = programmes.load("special-ap-hubs-example")
    rules = programme.as_at(datetime.date(2026, 2, 2))
    paired, open_days = (rules.pathway(name) for name in ("paired", "open_days"))
    half_terms = 6
    assert paired.days_per_partner == (2 * half_terms, 3 * half_terms)
    assert paired.lead_days_per_partner == 2 * half_terms
    assert open_days.days_per_partner == (half_terms, 1.5 * half_terms)
    visitors = programme.settings["programme", "facts", "open_day_visitors"].entries[0].value
    assert open_days.places_per_lead == 3 * visitors


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_values_of_one_pathway_that_differ_are_not_given_one_reason(programme_id: str) -> None:
    settings = programmes.load(programme_id).settings
    reasons: dict[str, set[str]] = {}
    for path, setting in settings.items():
        for entry in setting.entries if path[0] == "pathways" and setting.unit == "days" else ():
            reasons.setdefault(entry.why, set()).add(str(entry.value))
    pasted = {why: values for why, values in reasons.items() if why and len(values) > 1}
    assert pasted == {}


def test_the_day_rate_of_behaviour_hubs_is_twice_the_rate_of_its_grant() -> None:
    budget = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 10, 1)).budget
    assert budget.day_rate_pence == 2 * budget.maximum_grant_pence / budget.grant_full_at_days
