"""Forms of the board: begin a plan, move an action, comment, end."""

from typing import Any

from schoolhubs.service.plans.models import CardState
from schoolhubs.service.plans.writing.fields import choice, day, line, words
from schoolhubs.service.plans.writing.forms import NO_NAME
from schoolhubs.service.plans.writing.shown import ShownForm


class BeginForm(ShownForm):
    """What the plan is called and, where the school has no hub, by which programme it goes."""

    title = line("Title of the plan", "You can change it later", required="Enter a title")
    pathway = choice("Programme and kind of support", (), "It says what must be done first")

    def __init__(self, *given: Any, pathways: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        field: Any = self.fields["pathway"]
        field.choices = pathways
        if len(pathways) < 2:  # the school's own partnership says it
            del self.fields["pathway"]
        else:
            field.required = True


class MoveForm(ShownForm):
    """Where an action stands, whose it is, until when."""

    state = choice("Where it stands", CardState.choices, blank="")
    owner = line("Owner", f"Leave blank for the objective’s owner. {NO_NAME}", longest=120)
    due_on = day("Until when", "Leave blank for the objective’s next review")


class CommentForm(ShownForm):
    """What somebody says of the plan."""

    words = words("Your comment", "Everybody who can read the plan reads it. Name no pupil.")

    def clean_words(self) -> str:
        """Ask for something to be said."""
        from django.core.exceptions import ValidationError

        said: str = self.cleaned_data["words"]
        if not said.strip():
            raise ValidationError("Enter your comment")
        return said


class EndForm(ShownForm):
    """Why a plan ends."""

    reason = line("Why it ends", "It is kept and can be read", required="Enter why the plan ends")
