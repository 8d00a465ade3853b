"""A programme set out for the public: what it offers, asks and pays, who may join, and from where.

A brochure is words in blocks, so that a page and a printed copy say the same.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from schoolhubs.programmes import delivered
from schoolhubs.programmes.loading import Programme
from schoolhubs.programmes.said import blocks
from schoolhubs.programmes.said.describing import period, spans
from schoolhubs.programmes.said.joining import conditions
from schoolhubs.programmes.settings import said as in_words
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.records.rules import GrantRule, PathwayRules, Question, RulesAsAt
from schoolhubs.vocabulary.records.settings import DatedValue, Setting

ASSUMED = "Assumed"
VALUES = ("What", "In force", "Where it stands")
# What a section of its own tells is not told again among the rules in force.
COUNTED = {"terms", "days"}
COLUMNS = {column.name: column.about for column in frames.SCHOOL_FACTS.columns}
TOLD_APART = ("universal_offer", "commitments")
PARTS = {
    "programme": "The programme as a whole",
    "pathways": "Pathways",
    "matching": "How schools and hubs are matched",
    "money": "Money",
    **delivered.PARTS,
}


def brochure(programme: Programme, on: datetime.date) -> blocks.Brochure:
    """Set a programme out for the public, by its rules on a day.

    Examples
    --------
    >>> from schoolhubs.programmes import load
    >>> told = brochure(load("rise-hubs-2025"), datetime.date(2026, 2, 1))
    >>> [section.title for section in told.sections][:3]
    ['About the programme', 'Enhanced', 'Regional']
    """
    rules = programme.as_at(on)
    writer = _Writer(programme, rules)
    return blocks.Brochure(
        programme_id=programme.programme_id,
        title=programme.title,
        on=on,
        notes=tuple(_notes(programme, rules)),
        sections=(
            writer.about(),
            *(writer.pathway(each) for each in rules.pathways),
            writer.joining(),
            writer.dates(),
            writer.universal_offer(),
            writer.commitments(),
            writer.in_force(),
            writer.sources(),
        ),
    )


def _notes(programme: Programme, rules: RulesAsAt) -> Iterator[str]:
    version = programme.definition_version.split("+")[0]
    yield f"As at {_day(rules.on)}. Definition {programme.programme_id}, version {version}."
    if rules.is_rehearsal:
        yield f"The programme has not begun: it starts on {_day(programme.began_on)}."
    if rules.is_over and rules.finished_on:
        yield f"The programme is over: {_day(rules.finished_on)} was the first day after it."


class _Writer:
    """Writes the sections of one programme as at one day."""

    def __init__(self, programme: Programme, rules: RulesAsAt) -> None:
        self.programme, self.rules = programme, rules
        self.names = {each.pathway: each.name for each in rules.pathways}

    def about(self) -> blocks.Section:
        tree = self.programme.tree["programme"]
        told = [blocks.paragraph(tree["summary"])]
        if delivered := self._said("programme", "delivered_by"):
            told.append(blocks.paragraph(f"Delivered by: {delivered}."))
        if listed := [each.replace("_", " ") for each in tree.get("contradictions", ())]:
            told += [
                blocks.heading("Where the sources contradict one another"),
                blocks.bullets(listed),
            ]
        return blocks.section("about", "About the programme", told)

    def pathway(self, pathway: PathwayRules) -> blocks.Section:
        at = ("pathways", pathway.pathway)
        told = [blocks.paragraph(f"For whom: {self._said(*at, 'for_whom') or 'not published'}.")]
        told += [blocks.heading("What it offers"), *self._listed((*at, "offer"))]
        asked = ("duration_terms", "optional_extra_terms", "days_per_partner")
        given = ("lead_days_per_partner", "places_per_lead", "planned_partners")
        rows = [self._row((*at, name)) for name in (*asked, *given)]
        kind = pathway.partner_kind
        told += [
            blocks.heading(f"What it asks of a partner {kind}, and what the lead gives"),
            blocks.table(
                f"What {pathway.name} asks and gives", VALUES, [row for row in rows if row]
            ),
            blocks.heading("What it pays"),
            *(blocks.paragraph(each) for each in self._pays(pathway)),
        ]
        return blocks.section(f"pathway-{_key(pathway.pathway)}", pathway.name, told)

    def _pays(self, pathway: PathwayRules) -> Iterator[str]:
        budget = self.rules.budget
        most = budget.maximum_grant_pence
        if not most:
            stands = _stands(self.programme.settings["money", "grant", "maximum_grant_pence"]
                             .entry(self.rules.rules_on))  # fmt: skip
            yield f"Nothing is paid to partners. {stands}"
            return
        least_days, most_days = pathway.days_per_partner
        low, high = (
            in_words(int(most * budget.grant_share(days)), "pence")
            for days in (least_days, most_days)
        )
        if budget.grant_proportional_to is GrantRule.NONE:
            yield f"Each partner gets up to {in_words(most, 'pence')}."
        else:
            days = in_words({"minimum": least_days, "maximum": most_days}, "days")
            yield f"{low} to {high}, in proportion to the {days} a partner gives."
            status = ASSUMED if budget.grant_share_is_assumed else "Published"
            yield f"How the proportion was set. {status}: {budget.grant_share_source.title}."
        for name, opening in (("paid_as", "Paid as"), ("pays_for", "Pays for")):
            if told := self._said("money", "grant", name):
                yield f"{opening}: {told}."

    def joining(self) -> blocks.Section:
        on = self.rules.rules_on
        rows = [
            (each.asks, each.words, ", ".join(self.names[one] for one in each.pathways),
             _stands_all(each.entries))
            for each in conditions(self.programme, self.rules)
        ]  # fmt: skip
        heads = ("The rule", "In detail", "Pathways", "Where it stands")
        asked = [f"{each.wording} ({self._of(each)})" for each in self.rules.questions]
        told = [
            blocks.paragraph(
                f"A school may join a pathway if it meets all its rules of {_day(on)}."
            ),
            blocks.table("Rules of who may join", heads, rows),
        ]
        if asked:
            told += [blocks.heading("What the application asks"), blocks.bullets(asked)]
        return blocks.section("who-may-join", "Who may join", told)

    def _of(self, question: Question) -> str:
        """Say which pathways a question is for, and which phases where it is not for all."""
        phases = ", ".join(phase.replace("_", " ") for phase in question.phases)
        return self._named(question.pathways) + (f"; {phases} alone" if phases else "")

    def dates(self) -> blocks.Section:
        settings = self.programme.settings
        paths = [path for path in settings if path[0] == "programme"]
        dated = [path for path in paths if settings[path].unit == "date" or path[1] == "rhythm"]
        rows = [row for path in dated if (row := self._row(path))]
        told = [blocks.table("Key dates", VALUES, rows)]
        if not self.rules.is_over:
            following = _day(term_finishes_on(self.rules.on))
            told.insert(0, blocks.paragraph(
                f"Terms are counted from 1 September, 1 January and 1 April; "
                f"the next one starts on {following}."))  # fmt: skip
        return blocks.section("key-dates", "Key dates", told)

    def universal_offer(self) -> blocks.Section:
        told = self._listed(("programme", "universal_offer"))
        return blocks.section("every-school", "What every school gets, joined or not", told)

    def commitments(self) -> blocks.Section:
        told: list[blocks.Block] = []
        for role in self.rules.commitments:
            told.append(blocks.heading(role.replace("_", " ").capitalize()))
            told += self._listed(("programme", "commitments", role))
        return blocks.section("commitments", "What each role undertakes", told)

    def in_force(self) -> blocks.Section:
        settings = self.programme.settings
        n_assumed = len(self.rules.assumptions)
        told = [blocks.paragraph(
            f"Every value below has its source. {n_assumed} values that a round uses are assumed, "
            "as nobody published them.")]  # fmt: skip
        for part, title in PARTS.items():
            paths = [path for path in settings if path[0] == part and path[1] not in TOLD_APART]
            rows = [row for path in paths if (row := self._row(path, is_long=True))]
            if not rows:
                continue
            told += [blocks.heading(title), blocks.table(f"{title}: values in force", VALUES, rows)]
        return blocks.section("rules-in-force", "The rules in force, and where they stand", told)

    def sources(self) -> blocks.Section:
        rows = [
            (node["title"], _day(node["read_on"]), node.get("url", "") or "no address kept")
            for node in self.programme.tree["sources"].values()
        ]
        heads = ("Source", "Read on", "Address")
        return blocks.section("sources", "Sources", [blocks.table("Sources", heads, rows)])

    def _entry(self, path: tuple[str, ...]) -> DatedValue | None:
        setting = self.programme.settings.get(path)
        return setting.entry(self.rules.rules_on) if setting else None

    def _said(self, *path: str) -> str:
        entry = self._entry(path)
        return said(entry.value, self.programme.settings[path].unit) if entry else ""

    def _listed(self, path: tuple[str, ...]) -> list[blocks.Block]:
        """Give a list of words with where it stands."""
        entry = self._entry(path)
        if entry is None:
            return [blocks.paragraph("Not published.")]
        return [blocks.bullets(entry.value), blocks.paragraph(_stands(entry))]

    def _row(self, path: tuple[str, ...], *, is_long: bool = False) -> tuple[str, ...]:
        """Give a value's row of a table; empty where the definition has no such value."""
        entry = self._entry(path)
        if entry is None:
            return ()
        setting = self.programme.settings[path]
        name = setting.description
        if is_long and path[0] == "pathways":
            name = f"{self.names[path[1]]}: {name}"
        if is_long and path[:2] == ("training", "modules"):
            name = f"{self.programme.tree['training']['modules'][path[2]]['title']}: {name}"
        if is_long and path[:2] == ("milestones", "steps"):
            name = f"{self.programme.tree['milestones']['steps'][path[2]]['title']}: {name}"
        if is_long and path[:2] == ("milestones", "concerns"):
            name = f"{self.programme.tree['milestones']['concerns'][path[2]]['title']}: {name}"
        limit = {"prefer": " (hoped for)", "require": " (required)"}.get(setting.rule, "")
        words = said(entry.value, setting.unit) + limit
        if is_long:
            words = ". ".join([words, *_other_readings(setting, entry)])
        return name, words, _stands(entry)

    def _named(self, pathways: Iterable[str]) -> str:
        return ", ".join(self.names[each] for each in pathways)


def _other_readings(setting: Setting, entry: DatedValue) -> Iterator[str]:
    until = next(until_on for other, until_on in spans(setting) if other is entry)
    yield f"In force {period(entry.from_on, until)}"
    for other, until_on in reversed(spans(setting)):
        if other is not entry:
            yield f"{said(other.value, setting.unit)} {period(other.from_on, until_on)}"
    for other in setting.also_published:
        words = said(other.value, setting.unit)
        yield f"Also published: {words}, {other.source.title}; {other.why}"


def said(value: Any, unit: str) -> str:
    """Say a value with its unit; days as a letter would.

    >>> said(datetime.date(2025, 9, 1), "date"), said(3, "terms")
    ('1 September 2025', '3 terms')
    >>> said(["n_pupils"], "column")
    'Pupils on roll in the context year'
    """
    if isinstance(value, datetime.date):
        return _day(value)
    if unit in COUNTED and value == 0:
        return "none"
    if unit == "column":
        names = value if isinstance(value, list) else [value]
        return "; ".join(COLUMNS[name] for name in names)
    if isinstance(value, list) and unit == "date":
        return ", ".join(_day(each) for each in value)
    return in_words(value, unit)


def _stands(entry: DatedValue) -> str:
    """Say whether a value was published, and where; of an assumed one also why."""
    if entry.is_assumed:
        return f"{ASSUMED}: {entry.why} {entry.source.title}."
    return f"{entry.status.value.capitalize()}: {entry.source.title}."


def _stands_all(entries: Iterable[DatedValue]) -> str:
    return " ".join(dict.fromkeys(_stands(entry) for entry in entries))


def _day(on: datetime.date | str) -> str:
    day = datetime.date.fromisoformat(on) if isinstance(on, str) else on
    return f"{day.day} {day:%B %Y}"


def _key(name: str) -> str:
    return name.replace("_", "-")
