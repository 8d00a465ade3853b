"""The two days between which a programme is compared."""

import datetime
from typing import Any

from django import forms

PARTS = ("day", "month", "year")
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


class DayWidget(forms.MultiWidget):
    """Day, month and year, each with a name of its own."""

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS})

    def decompress(self, value: datetime.date | None) -> list[str]:
        """Take a day apart."""
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DayField(forms.MultiValueField):
    """A day as people write it; its faults are told in words that name the field."""

    widget = DayWidget

    def __init__(self, *, named: str) -> None:
        self.named = named
        fields = [forms.CharField(required=False, max_length=4, strip=True) for _ in PARTS]
        super().__init__(fields, required=False, require_all_fields=False)

    def clean(self, value: list[str | None]) -> datetime.date:
        """Make a day of what was typed."""
        typed = [(part or "").strip() for part in value]
        missing = [name for name, part in zip(PARTS, typed, strict=True) if not part]
        if len(missing) == len(PARTS):
            raise forms.ValidationError(f"Enter the {self.named}")
        if missing:
            raise forms.ValidationError(
                f"The {self.named} must include a {' and a '.join(missing)}"
            )
        try:
            # Digits other than 0 to 9 would be read too, so they are asked for one by one.
            day, month, year = (int(part) for part in typed if part.isascii())
            found = datetime.date(year, month, day)
        except (ValueError, OverflowError):
            raise forms.ValidationError(f"The {self.named} must be a real date") from None
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise forms.ValidationError(
                f"The {self.named} must be between {EARLIEST_YEAR} and {LATEST_YEAR}"
            )
        return found


class TwoDays(forms.Form):
    """An earlier and a later day."""

    earlier = DayField(named="earlier day")
    later = DayField(named="later day")

    def clean(self) -> dict[str, Any]:
        """Ask for the days in order."""
        told = super().clean() or self.cleaned_data
        if "earlier" in told and "later" in told and told["earlier"] >= told["later"]:
            self.add_error("later", "The later day must be after the earlier day")
        return told

    def typed(self, name: str) -> list[tuple[str, str]]:
        """Give each part of a day with what stands in it, for the page."""
        value = self[name].value()
        parts = value if isinstance(value, list) else DayWidget().decompress(value)
        return [(part, said or "") for part, said in zip(PARTS, parts, strict=True)]
