"""A brochure says what the definition says, and says another thing once that is changed."""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.programmes.said.blocks import Brochure
from schoolhubs.programmes.said.brochures import said

ON = datetime.date(2026, 2, 1)
Spoil = Callable[[str, str, str], Path]


def texts(brochure: Brochure) -> Iterator[str]:
    yield brochure.title
    yield from brochure.notes
    for section in brochure.sections:
        yield section.title
        for block in section.blocks:
            yield from (block.text, *block.items, *block.heads)
            yield from (cell for row in block.rows for cell in row)


def words(brochure: Brochure, section: str = "") -> str:
    if section:
        kept = tuple(each for each in brochure.sections if each.key == section)
        assert kept, f"no section {section}"
        brochure = Brochure(programme_id="", title="", on=brochure.on, notes=(), sections=kept)
    return "\n".join(texts(brochure))


@pytest.mark.parametrize(
    ("file", "old", "new", "section", "told"),
    [
        ("pathways.yaml", "{2025-05-01: 6}", "{2025-05-01: 7}", "pathway-enhanced", "7 schools"),
        ("pathways.yaml", "A self-assessment", "A quiet hour", "pathway-enhanced", "A quiet hour"),
        ("money.yaml", "values: {2025-09-01: 0}", "values: {2025-09-01: 123400}",
         "pathway-regional", "£1,234"),
        ("eligibility.yaml", "{2025-05-01: 1.0}", "{2025-05-01: 1.7}", "who-may-join",
         "at least 1.7 percentage points"),
        ("eligibility.yaml", "wording: Is the school ready", "wording: Is the head ready",
         "who-may-join", "Is the head ready"),
        ("programme.yaml", "values: {2025-09-01: every term}", "values: {2025-09-01: every May}",
         "key-dates", "every May"),
        ("programme.yaml", "National webinars", "National picnics", "every-school",
         "National picnics"),
        ("programme.yaml", "Visits its partners", "Telephones its partners", "commitments",
         "Telephones its partners"),
        ("matching.yaml", "{2025-05-01: 120}", "{2025-05-01: 75}", "rules-in-force", "75 minutes"),
        ("sources.yaml", "CYP Now, DfE", "CYP Later, DfE", "sources", "CYP Later, DfE"),
    ],
)  # fmt: skip
def test_a_changed_value_changes_its_section(
    spoil: Spoil, file: str, old: str, new: str, section: str, told: str
) -> None:
    before = words(programmes.brochure(programmes.load("rise-hubs-2025"), ON), section)
    changed = programmes.load(spoil(file, old, new))
    assert told not in before
    assert told in words(programmes.brochure(changed, ON), section)


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_value_in_force_is_told_with_its_source(programme_id: str) -> None:
    programme = programmes.load(programme_id)
    rules = programme.as_at(ON)
    found = words(programmes.brochure(programme, ON))
    values = {
        path: setting.entry(rules.rules_on)
        for path, setting in programme.settings.items()
        if path[0] != "eligibility"
    }
    assert len(values) > 30
    for path, entry in values.items():
        listed = entry.value if isinstance(entry.value, list) else [entry.value]
        unit = programme.settings[path].unit
        assert all(said(one, unit) in found for one in listed), path
        assert entry.source.title in found, path


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_rule_in_force_is_told_and_no_other(programme_id: str) -> None:
    programme = programmes.load(programme_id)
    rules = programme.as_at(ON)
    section = next(
        each for each in programmes.brochure(programme, ON).sections if each.key == "who-may-join"
    )
    table = next(block for block in section.blocks if block.rows)
    assert [row[0] for row in table.rows] == [rule.asks for rule in rules.eligibility]
    assert all(row[1] for row in table.rows), "each says what it asks in detail"


def test_assumed_values_say_so_and_why_and_published_ones_do_not() -> None:
    programme = programmes.load("rise-hubs-2025")
    section = programmes.brochure(programme, ON).sections[1]
    rows = {row[0]: row for block in section.blocks for row in block.rows}
    assert rows["Days a partner gives in all"][2].startswith("Assumed: The partner's own days")
    assert rows["Terms a partnership lasts"][2].startswith("Published: Schools Week")


def test_a_programme_that_has_not_begun_or_is_over_says_so() -> None:
    programme = programmes.load("behaviour-hubs-2021")

    def notes(year: int) -> str:
        return " ".join(programmes.brochure(programme, datetime.date(year, 2, 1)).notes)

    assert "has not begun: it starts on 1 April 2021" in notes(2021)
    assert "is over: 1 April 2025 was the first day after it" in notes(2026)
    assert "begun" not in notes(2023)
    assert "over" not in notes(2023)


def test_what_a_pathway_pays_follows_its_days() -> None:
    programme = programmes.load("behaviour-hubs-2021")
    on = datetime.date(2023, 1, 10)
    told = words(programmes.brochure(programme, on), "pathway-extended")
    assert "£4,500 to £9,000, in proportion to the 20 to 40 days" in told
