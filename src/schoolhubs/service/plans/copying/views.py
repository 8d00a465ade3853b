"""Pages of a trust: plans over its schools, and a plan copied from one school to another."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans.copying import actions, queries
from schoolhubs.service.plans.reach import found, who
from schoolhubs.service.plans.writing.fields import choice, line
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.phases import Phase

TRUSTS = (Role.PARTNER_TRUST,)
SETTINGS = {Phase.SPECIAL: "special", Phase.ALTERNATIVE_PROVISION: "alternative_provision"}
COPIED = "The copy is begun. It carries no word, name or figure of the school it came from."


class CopyForm(ShownForm):
    """Which school, and what its plan is called."""

    school = choice("School to copy it for", (), "Schools of the trust that have no plan")
    title = line("Title of the copy", "It is written anew, as a title can name a school",
                 required="Enter a title for the copy")  # fmt: skip

    def __init__(self, *given: Any, schools: list[School], **more: Any) -> None:
        super().__init__(*given, **more)
        field: Any = self.fields["school"]
        field.choices = [("", "Not chosen yet"), *((each.urn, each.name) for each in schools)]

    def clean_school(self) -> str:
        """Ask for a school."""
        urn: str = self.cleaned_data["school"]
        if not urn:
            raise ValidationError("Choose the school to copy the plan for")
        return urn


@allow(*TRUSTS)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: ActedRequest, urn: str) -> HttpResponse:
    """Copy a school's plan for another of the trust that has none."""
    school, plan = found(request, urn, *TRUSTS)
    schools = queries.without_plan(own_urns(request.actor, *TRUSTS), but=urn)
    is_sent = request.method == "POST"
    form: Any = (
        CopyForm.read(request.POST, schools=schools) if is_sent else CopyForm(schools=schools)
    )
    told = {
        "school": school, "plan": plan, "form": form, "has_errors": is_sent, "schools": schools,
        "can_be_copied": queries.can_be_copied(plan),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "plans/copy.html", told)
    other = next(each for each in schools if each.urn == form.cleaned_data["school"])
    setting = SETTINGS.get(Phase(other.phase), "mainstream")
    back = reverse("school-plan", kwargs={"urn": other.urn})
    try:
        actions.copy(
            plan, other, title=form.cleaned_data["title"], setting=setting, who=who(request)
        )
    except Conflict as error:
        return conflict(request, "Nothing was copied", error, back)
    say_once(request, COPIED)
    return HttpResponseRedirect(back)
