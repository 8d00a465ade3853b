"""What is typed to find a school, and which version of an application a page showed."""

from django import forms
from django.http import HttpRequest

WHICH_SCHOOL = "Enter the name, URN or postcode of a school"


class FindSchool(forms.Form):
    """A name, a URN or a postcode."""

    q = forms.CharField(
        max_length=120, strip=True, error_messages={"required": WHICH_SCHOOL,
        "max_length": "The name, URN or postcode must be 120 characters or fewer"},
    )  # fmt: skip


def shown_version(request: HttpRequest) -> int:
    """Give the version that the page showed when it was filled in; 0, which none is, for none."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else 0
