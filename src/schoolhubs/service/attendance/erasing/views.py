"""The page on which a school erases all its marks."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.attendance import queries
from schoolhubs.service.attendance.erasing import actions
from schoolhubs.service.web.forms.typed import FreeText
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.words import counted


class EraseMarks(forms.Form):
    """The school's number, typed again, and why."""

    typed = forms.CharField(required=False, strip=True, max_length=20)
    reason = FreeText(
        strip=True, max_length=500,
        error_messages={
            "required": "Enter why the marks are erased",
            "max_length": "The reason must be 500 characters or fewer",
        },
    )  # fmt: skip

    def __init__(self, *given: object, urn: str, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self.urn = urn

    def clean_typed(self) -> str:
        """Take the number only as it is."""
        typed: str = self.cleaned_data["typed"]
        if typed != self.urn:
            raise forms.ValidationError(f"Enter the URN {self.urn}, to show that you mean it")
        return typed


@allow(*queries.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, urn: str) -> HttpResponse:
    """Erase every mark of a school, once its number is typed."""
    _, school = queries.own_school(request.actor, urn, *queries.STAFF)  # type: ignore[attr-defined]
    form = EraseMarks(request.POST if request.method == "POST" else None, urn=urn)
    if request.method == "POST" and form.is_valid():
        done = actions.erase_school(urn, reason=form.cleaned_data["reason"], **done_by(request))
        say_once(request, f"{counted(done.n_marks, 'mark')} of your school were erased.")
        return HttpResponseRedirect(reverse("attendance", kwargs={"urn": urn}))
    errors = [
        {"text": str(error), "href": f"#{name}"}
        for name, found in form.errors.items()
        for error in found
    ] if form.is_bound else []  # fmt: skip
    told = {
        "school": school, "form": form, "errors": errors, "finding": queries.finding_of(urn),
        "kept_since": actions.kept_since(clock.day()),
    }  # fmt: skip
    return render(request, "attendance/erase.html", told)
