"""Narrows the list of stuck partnerships: by programme, place, hub, whose turn, kind of reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django import forms

from schoolhubs import programmes
from schoolhubs.service.milestones.stuck.rows import KINDS, WHOSE, Stuck

LONGEST = 60  # of what stands in an address; no choice is longer


class NarrowForm(forms.Form):
    """Selects of what occurs in the list; whatever else is asked narrows nothing."""

    def __init__(self, rows: Sequence[Stuck], asked: Mapping[str, str]) -> None:
        choices = {name: _choices(found(rows)) for name, (_, found, _) in SELECTS.items()}
        super().__init__({name: _asked(asked, name, choices[name]) for name in SELECTS})
        for name, (label, _, every) in SELECTS.items():
            if len(choices[name]) > 1 or self.data[name]:
                self.fields[name] = forms.ChoiceField(
                    label=label, required=False, choices=[("", every), *choices[name].items()]
                )

    @property
    def chosen(self) -> dict[str, str]:
        """What narrows the list, by its name."""
        return {name: value for name, value in self.data.items() if value}

    def fitting(self, rows: Iterable[Stuck]) -> list[Stuck]:
        """Give the rows that fit all that was chosen."""
        return [each for each in rows if self._fits(each)]

    def _fits(self, row: Stuck) -> bool:
        return all(value in _values(row, name) for name, value in self.chosen.items())


Found = dict[str, str]


def _of_programmes(rows: Iterable[Stuck]) -> Found:
    ids = {row.partnership.programme_id for row in rows}
    return {each: programmes.load(each).title for each in ids}


def _of_regions(rows: Iterable[Stuck]) -> Found:
    return {row.region: row.region for row in rows if row.region}


def _of_trusts(rows: Iterable[Stuck]) -> Found:
    return {row.trust_id: row.trust for row in rows if row.trust_id}


def _of_leads(rows: Iterable[Stuck]) -> Found:
    return {row.partnership.lead_urn: row.lead for row in rows}


def _of_turns(rows: Iterable[Stuck]) -> Found:
    return {row.whose.value: WHOSE[row.whose] for row in rows}


def _of_kinds(rows: Iterable[Stuck]) -> Found:
    return {each.kind: KINDS[each.kind] for row in rows for each in row.reasons}


SELECTS: dict[str, tuple[str, Callable[[Iterable[Stuck]], Found], str]] = {
    "programme": ("Programme", _of_programmes, "Every programme"),
    "region": ("Region", _of_regions, "Every region"),
    "trust": ("Trust of the partner", _of_trusts, "Every trust, and none"),
    "lead": ("Hub", _of_leads, "Every hub"),
    "whose": ("Whose turn", _of_turns, "Anybody"),
    "kind": ("Kind of reason", _of_kinds, "Every kind"),
}


def _values(row: Stuck, name: str) -> set[str]:
    """Give what a row has of what a select asks for."""
    return set(SELECTS[name][1]([row]))


def _choices(found: Found) -> Found:
    return dict(sorted(found.items(), key=lambda each: (each[1], each[0])))


def _asked(asked: Mapping[str, str], name: str, choices: Found) -> str:
    value = asked.get(name, "")[:LONGEST]
    return value if value in choices else ""
