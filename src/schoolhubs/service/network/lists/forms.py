"""What is asked of somebody who brings in a list of hubs: the programme, the file, then why."""

from collections.abc import Sequence
from typing import Any

from django import forms

from schoolhubs.service.network.lists.given import MOST_BYTES, unpacked
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem, Problem
from schoolhubs.vocabulary.words import counted

LONGEST_REASON = 500
WHICH = "Choose the programme that these schools lead"
AGAIN = "The list did not come back whole. Choose the file again"


def in_one_line(problem: Problem) -> str:
    """Write a problem of the one list there is as a page says it.

    >>> in_one_line(Problem(code="x", row=2, fault="roll is -3", remedy="Mend it."))
    'Row 2: roll is -3. Mend it.'
    """
    said = " ".join(str(problem).splitlines())
    return said[:1].upper() + said[1:]


class BringHubs(forms.Form):
    """The programme, and the list; the file is read apart."""

    programme = forms.ChoiceField(error_messages={"required": WHICH, "invalid_choice": WHICH})

    def __init__(
        self,
        *given: Any,
        titles: Sequence[tuple[str, str]],
        n_bytes: int | None = None,
        refused: bool = False,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.n_bytes, self.refused = n_bytes, refused
        self.fields["programme"].choices = list(titles)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say what is the matter with the file, before it is read."""
        if self.refused or (self.n_bytes or 0) > MOST_BYTES:
            self.add_error(None, f"The list must be {MOST_BYTES // 1_000:,} kilobytes or fewer")
        elif not self.n_bytes:
            self.add_error(None, "Choose the list of hubs, with at least its header")
        return super().clean() or {}

    def refuse(self, error: DataProblem) -> None:
        """Take over what is wrong with the list, row by row."""
        for each in error.problems[:MOST_PROBLEMS_LISTED]:
            self.add_error(None, in_one_line(each))
        if left := error.problems[MOST_PROBLEMS_LISTED:]:
            self.add_error(None, f"{counted(len(left), 'more problem')} like these")

    def messages(self) -> list[dict[str, str]]:
        """Give each message with the field it leads to."""
        return [
            {"text": str(error), "href": "#file" if name == "__all__" else f"#{name}"}
            for name, errors in self.errors.items()
            for error in errors
        ]

    @property
    def file_errors(self) -> list[str]:
        """The messages at the file."""
        return [str(each) for each in self.non_field_errors()]


class KeepHubs(forms.Form):
    """What was shown is agreed to, with a reason."""

    programme = forms.ChoiceField(error_messages={"required": WHICH, "invalid_choice": WHICH})
    held = forms.CharField(error_messages={"required": AGAIN})
    shown = forms.CharField(required=False, max_length=64)
    reason = FreeText(
        max_length=LONGEST_REASON, strip=True,
        error_messages={
            "required": "Enter why these hubs are brought in",
            "max_length": f"The reason must be {LONGEST_REASON:,} characters or fewer",
        },
    )  # fmt: skip

    def __init__(self, *given: Any, titles: Sequence[tuple[str, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["programme"].choices = list(titles)  # type: ignore[attr-defined]

    def clean_held(self) -> bytes:
        """Give the list that the page carried."""
        content = unpacked(self.cleaned_data["held"])
        if content is None or len(content) > MOST_BYTES:
            raise forms.ValidationError(AGAIN)
        return content
