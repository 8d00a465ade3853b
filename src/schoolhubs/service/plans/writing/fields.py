"""The kinds of field that forms of plans are made of. A draft may leave any of them blank."""

from collections.abc import Iterable
from typing import Any

from django import forms

from schoolhubs.service.web.forms.typed import FreeText

LONGEST_LINE, LONGEST_WORDS = 200, 2_000
MOST = 10_000_000


def line(
    label: str, hint: str = "", *, longest: int = LONGEST_LINE, required: str = ""
) -> FreeText:
    """Give a field for a line; ``required`` are the words where it may not be blank."""
    errors = {"max_length": f"Write {longest} characters or fewer"}
    if required:
        errors["required"] = required
    return FreeText(
        label=label, help_text=hint, max_length=longest, required=bool(required),
        error_messages=errors,
    )  # fmt: skip


def words(label: str, hint: str = "") -> FreeText:
    """Give a field for a few sentences."""
    return FreeText(
        label=label, help_text=hint, max_length=LONGEST_WORDS, required=False,
        widget=forms.Textarea,
        error_messages={"max_length": f"Write {LONGEST_WORDS:,} characters or fewer"},
    )  # fmt: skip


def figure(label: str, hint: str = "", *, least: float | None = None) -> forms.FloatField:
    """Give a field for a number."""
    # Django fills messages in by percent signs, so a label's own must not be among them.
    said = f"{label.split(',')[0].replace('90 % ', '')} must be a number, such as 4.9"
    codes = ("invalid", "min_value", "max_value")
    return forms.FloatField(
        label=label, help_text=hint, required=False, min_value=least, max_value=MOST,
        error_messages=dict.fromkeys(codes, said),
    )  # fmt: skip


def day(label: str, hint: str = "") -> forms.DateField:
    """Give a field for a day, in three boxes."""
    said = f"{label} must be a real date, such as 27 3 2027"
    return forms.DateField(
        label=label, help_text=hint, required=False, error_messages={"invalid": said}
    )


def choice(
    label: str, items: Iterable[tuple[str, str]], hint: str = "", *, blank: str = "Not chosen yet"
) -> forms.ChoiceField:
    """Give a field to choose one, or none yet."""
    every = [("", blank), *items] if blank else list(items)
    return forms.ChoiceField(
        label=label, help_text=hint, required=False, choices=every,
        error_messages={"invalid_choice": f"Choose one of the list: {label}"},
    )  # fmt: skip


def ticks(label: str, items: Iterable[tuple[str, str]], hint: str = "") -> Any:
    """Give a field to tick any number."""
    return forms.MultipleChoiceField(
        label=label, help_text=hint, required=False, choices=list(items),
        error_messages={"invalid_choice": f"Choose from the list: {label}"},
    )  # fmt: skip


def lines_of(text: str) -> tuple[str, ...]:
    r"""Take what was typed a line each apart.

    >>> lines_of(" one \n\n two")
    ('one', 'two')
    """
    return tuple(each.strip() for each in text.splitlines() if each.strip())


def pence(pounds: float | None) -> int | None:
    """Give pounds in pence.

    >>> pence(12.5), pence(None)
    (1250, None)
    """
    return None if pounds is None else round(pounds * 100)


def pounds(of_pence: int | None) -> str:
    """Write pence in pounds, as somebody would type them.

    >>> pounds(1250), pounds(80000), pounds(None)
    ('12.5', '800', '')
    """
    return "" if of_pence is None else f"{of_pence / 100:.2f}".rstrip("0").rstrip(".")
