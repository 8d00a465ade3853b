"""What people may type into free text: never a pupil's number."""

from django import forms
from django.core.exceptions import ValidationError

from schoolhubs.vocabulary.ids import holds_upn

NO_PUPIL_NUMBER = (
    "There seems to be a pupil’s number (UPN) in this. Take it out: nobody needs it to look into "
    "this, and nothing was saved"
)


def no_pupil_number(text: str) -> None:
    """Refuse text with a pupil's number in it; the message never repeats it.

    Raises
    ------
    ValidationError
        Where the text holds a number with the form of a UPN and the check letter of one.
    """
    if holds_upn(text):
        raise ValidationError(NO_PUPIL_NUMBER, code="pupil_number")


class FreeText(forms.CharField):
    """Reasons, evidence and the like: words of people, which the database keeps for years."""

    default_validators = [no_pupil_number]  # noqa: RUF012 - as the library names it
