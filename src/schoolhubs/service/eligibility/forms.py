"""What is typed to find a school."""

from django import forms

WHICH_SCHOOL = "Enter the name, URN or postcode of a school"


class FindSchool(forms.Form):
    """A name, a URN or a postcode."""

    q = forms.CharField(
        max_length=120, strip=True, error_messages={"required": WHICH_SCHOOL,
        "max_length": "The name, URN or postcode must be 120 characters or fewer"},
    )  # fmt: skip
