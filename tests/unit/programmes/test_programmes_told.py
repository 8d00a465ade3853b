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


def test_history_is_told_newest_first_with_both_ends() -> None:
    """The order is that of a reader: what holds now, then back in time."""
    found = programmes.load("rise-hubs-2025")
    text = " ".join(programmes.describe(found, datetime.date(2026, 2, 1)).split())
    told = [
        "Lead schools by the date they were named: 93 hubs from 29 January 2026; published",
        "12 November 2025 to 28 January 2026: 57 hubs; ",
        "31 August 2025 to 11 November 2025: 21 hubs; ",
    ]
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    earlier = " ".join(programmes.describe(found, datetime.date(2025, 12, 1)).split())
    now = earlier.index("named: 57 hubs 12 November 2025 to 28 January 2026; published")
    later = earlier.index("from 29 January 2026: 93 hubs; ")
    assert now < later < earlier.index("31 August 2025 to 11 November 2025: 21 hubs")


def test_what_changed_stands_before_what_was_first_published_in_between() -> None:
    days = datetime.date(2025, 9, 1), datetime.date(2026, 2, 1)
    programme = programmes.load("rise-hubs-2025")
    changes = programmes.compare(programme, *days)
    kinds = [change.is_first_published for change in changes]
    assert kinds == sorted(kinds)
    by_path = {change.path: change for change in changes}
    assert not by_path["programme.hub_counts"].is_first_published
    offer = by_path["pathways.enhanced.offer"]
    assert offer.is_first_published
    assert offer.words[0] == "not yet published; the value below stands for that day too"
    # A rule that begins in between did not bind before, so that it is a change.
    begins = [change for change in changes if change.path.startswith("eligibility.rules.")]
    assert begins
    assert not any(change.is_first_published for change in begins)
    assert begins[0].words[0] == "not in force"


def test_sources_of_changes_are_short() -> None:
    days = datetime.date(2025, 9, 1), datetime.date(2026, 2, 1)
    for change in programmes.compare(programmes.load("rise-hubs-2025"), *days):
        for words in change.words:
            assert "(read " not in words
            source = words.rpartition("; ")[2]
            assert len(source) <= 61
