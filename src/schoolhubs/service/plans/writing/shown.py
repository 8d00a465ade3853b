"""A form that says what each of its fields is, so that one template shows them all."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

PARTS = ("day", "month", "year")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as the page shows it.

    Parameters
    ----------
    kind
        ``text``, ``number``, ``words``, ``select``, ``radios``, ``ticks`` or ``day``.
    value
        What was typed, or what stands; of a day its three parts, of ticks those that are set.
    choices
        Value and words of each, where there is a choice.
    section
        A heading above it; blank for none.
    """

    name: str
    kind: str
    label: str
    hint: str
    value: Any
    choices: tuple[tuple[str, str], ...]
    error: str
    section: str


class ShownForm(forms.Form):
    """Fields in the order of the class, each shown by its kind; nothing typed is lost."""

    sections: ClassVar[Mapping[str, str]] = {}
    radios: tuple[str, ...] = ()

    @classmethod
    def read(cls, posted: QueryDict, **more: Any) -> "ShownForm":
        """Read what was posted, days from their three boxes."""
        bare = cls(**more)
        told: dict[str, Any] = {}
        for name, field in bare.fields.items():
            if isinstance(field, forms.DateField):
                parts = [posted.get(f"{name}-{part}", "").strip() for part in reversed(PARTS)]
                told[name] = "-".join(parts) if any(parts) else ""
            elif isinstance(field, forms.MultipleChoiceField):
                told[name] = posted.getlist(name)
            else:
                told[name] = posted.get(name, "")
        return cls(told, **more)

    def shown(self) -> list[Field]:
        """Give the fields as the page shows them."""
        return [self._shown(name, field) for name, field in self.fields.items()]

    def summary(self) -> list[dict[str, str]]:
        """Give each error with the place it leads to."""
        found = []
        for each in self.shown() if self.is_bound else ():
            if each.error:
                end = {"day": "-day", "radios": "", "ticks": ""}.get(each.kind, "")
                found.append({"text": each.error, "href": f"#{each.name}{end}"})
        return found

    def _shown(self, name: str, field: forms.Field) -> Field:
        value = self.data.get(name, "") if self.is_bound else self.initial.get(name)
        kind = _kind(field, is_radios=name in self.radios)
        if kind == "day":
            value = _parts(value)
        elif kind == "ticks":
            value = list(value or ())
        else:
            value = "" if value is None else str(value)
        choices = [(str(key), str(words)) for key, words in getattr(field, "choices", ())]
        errors = self.errors.get(name) if self.is_bound else None
        return Field(
            name=name, kind=kind, label=str(field.label), hint=str(field.help_text), value=value,
            choices=tuple(choices), error=str(errors[0]) if errors else "",
            section=self.sections.get(name, ""),
        )  # fmt: skip


def _kind(field: forms.Field, *, is_radios: bool) -> str:
    if isinstance(field, forms.MultipleChoiceField):
        return "ticks"
    if isinstance(field, forms.ChoiceField):
        return "radios" if is_radios else "select"
    if isinstance(field, forms.DateField):
        return "day"
    if isinstance(field, forms.FloatField | forms.IntegerField):
        return "number"
    return "words" if isinstance(field.widget, forms.Textarea) else "text"


def _parts(value: Any) -> tuple[str, str, str]:
    """Take a day, or what was typed for one, apart: day, month, year."""
    if isinstance(value, datetime.date):
        return str(value.day), str(value.month), str(value.year)
    year, month, day = (*str(value or "").split("-"), "", "", "")[:3]
    return day, month, year
