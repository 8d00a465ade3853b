"""What is chosen or typed on the pages of accounts."""

from django import forms

from schoolhubs.service.web.forms.typed import FreeText

CHOOSE = "Select the organisation you want to act for"
WHY = "Enter why"
TOO_LONG = "The reason must be 500 characters or fewer"


class ChooseOrganisation(forms.Form):
    """One of the person's own organisations, by the provider's id."""

    organisation = forms.CharField(max_length=64, error_messages={"required": CHOOSE})

    def __init__(self, *args: object, offered: set[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.offered = offered

    def clean_organisation(self) -> str:
        """Take only what the page offered."""
        chosen: str = self.cleaned_data["organisation"]
        if chosen not in self.offered:
            raise forms.ValidationError(CHOOSE)
        return chosen


class FindPeople(forms.Form):
    """Part of a name, an email address or an organisation's name."""

    q = forms.CharField(
        required=False, max_length=120, strip=True,
        error_messages={"max_length": "What you look for must be 120 characters or fewer"},
    )  # fmt: skip


class ChangeAccess(forms.Form):
    """Why access is stopped or given back; the reason goes into the audit log."""

    access = forms.ChoiceField(choices=[("stop", "stop"), ("give back", "give back")])
    reason = FreeText(
        max_length=500, strip=True, widget=forms.Textarea,
        error_messages={"required": WHY, "max_length": TOO_LONG},
    )  # fmt: skip
