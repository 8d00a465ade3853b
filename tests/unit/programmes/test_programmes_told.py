"""Showing and comparing definitions."""

import datetime

import pytest

from schoolhubs import programmes


def test_every_value_in_force_is_shown_with_status_and_source() -> None:
    for programme_id in programmes.list_ids():
        programme = programmes.load(programme_id)
        text = " ".join(programmes.describe(programme, datetime.date(2026, 2, 1)).split())
        for path, setting in programme.settings.items():
            entry = programme.in_force(path, datetime.date(2026, 2, 1))
            if entry is not None:
                assert " ".join(setting.description.split()) in text
                assert entry.source.title in text.replace("- ", "-") or entry.source.title in text


def test_assumed_values_say_so_and_why() -> None:
    text = programmes.describe(programmes.load("rise-hubs-2025"), datetime.date(2026, 2, 1))
    line = text.index("One-way drive beyond which no match is proposed: 180 minutes")
    assert "ASSUMED" in text[line : line + 300]
    assert "three hours one way leaves no working day" in text[line : line + 400]


def test_a_rehearsal_says_so_first() -> None:
    text = programmes.describe(programmes.load("rise-hubs-2025"), datetime.date(2018, 9, 1))
    assert "REHEARSAL" in "\n".join(text.splitlines()[:5])


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("2025-09-01", "2025-10-01", set()),
        ("2025-09-01", "2025-11-01", set()),
        ("2026-01-28", "2026-01-29", {"programme.hub_counts"}),
    ],
)
def test_changes_between_dates(earlier: str, later: str, expected: set[str]) -> None:
    days = datetime.date.fromisoformat(earlier), datetime.date.fromisoformat(later)
    changes = programmes.compare(programmes.load("rise-hubs-2025"), *days)
    assert {change.path for change in changes} == expected


def test_a_rule_that_ends_and_one_that_begins_are_changes() -> None:
    days = datetime.date(2022, 8, 31), datetime.date(2022, 9, 1)
    changes = programmes.compare(programmes.load("behaviour-hubs-2021"), *days)
    by_path = {change.path: change for change in changes}
    assert by_path["eligibility.rules.trust_secondary_grade.threshold"].later is None
    assert by_path["eligibility.rules.trust_school_inspected_in_trust.threshold"].earlier is None
    assert by_path["eligibility.rules.trust_secondary_grade.threshold"].words[1] == "not in force"
