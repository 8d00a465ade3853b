"""What a lead reaches of its partner: every address that holds a school's number is tried.

A new page is tried by being there. Without an agreement nothing is there; with one, what it allows
and no more, each look noted, and never a pupil.
"""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

import shared
from invented import AT
from peopled import NUMBERS, OTHER, OWN
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans.models import PlanVersion
from schoolhubs.service.sharing import queries, terms
from schoolhubs.service.sharing.models import Agreement
from shared import PARTNER, Answer, Shared, agreed, undone, walked

# What is everybody's, or the partnership's itself. Nothing else opens without an agreement.
BY_PARTNERSHIP = {
    "public": {
        "school", "school-absence", "school-among", "school-among-schools", "school-among-limits",
        "eligibility-of-school", "api-school", "api-eligibility",
    },
    "the match, which both answer": {
        "match", "match-accept", "match-object", "match-more", "api-match", "journey",
    },
    "the target, which the lead helps to reach": {
        "school-target", "school-target-csv", "school-target-version", "target-goal",
        "target-issued", "api-target",
    },
    "how an agreement is made": {
        "sharing", "sharing-propose", "sharing-answer", "sharing-withdraw",
    },
    "the training that the lead gives its partner’s leaders": {
        "school-training", "school-training-file", "training-certificate", "api-school-training",
    },
    "the day that both schools prepare and write down what they see on": {
        "diagnostic-day", "diagnostic-day-prepare", "diagnostic-day-see",
        "diagnostic-day-take-back",
    },
}  # fmt: skip
OPEN = set().union(*BY_PARTNERSHIP.values())
SAID = {"plan-comment", "diagnostic-day-barrier"}  # what a lead may write by an agreement
REFUSED = {401, 403, 404, 405, 415}  # a key that is none, and bodies that are none, among them
LED_TO_SIGN_IN = 302  # a program's key opens no page
WHO = (Role.LEAD_SCHOOL.value, Role.LEAD_TRUST.value, "program of the lead")
PERSON, TRUST, PROGRAM = WHO
KINDS = tuple(terms.kinds())
Walks = dict[tuple[str, str], dict[str, Answer]]


@pytest.fixture(scope="module")
def held(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shared]:
    folder = tmp_path_factory.mktemp("shared")
    before = settings.UPLOADS, settings.ENVIRONMENT
    settings.UPLOADS = folder / "uploads"
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"data_folder": folder})
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield shared.shared()
        transaction.set_rollback(True)
    settings.UPLOADS, settings.ENVIRONMENT = before


def walks(held: Shared) -> Walks:
    asked = [*((who, "GET") for who in WHO), (PERSON, "POST")]
    return {(who, method): walked(held, who, method) for who, method in asked}


@pytest.fixture(scope="module")
def without(held: Shared) -> Walks:
    """Give what each of the lead is answered everywhere, with no agreement."""
    return walks(held)


@pytest.fixture(scope="module")
def with_all(held: Shared) -> Walks:
    """Give the same with an agreement on everything, the partner's own words allowed."""
    with undone(), reading_its_words(held):
        agreed(held, *KINDS)
        return walks(held)


class reading_its_words:  # noqa: N801 - reads as a phrase
    """Let the watching client read the partner's words, which some agreement allows."""

    def __init__(self, held: Shared) -> None:
        self.clients = list(held.leads.values())

    def __enter__(self) -> None:
        self.kept = [each.own for each in self.clients]
        for each in self.clients:
            each.own = frozenset({*each.own, f"school:{PARTNER}"})

    def __exit__(self, *_: object) -> None:
        for each, own in zip(self.clients, self.kept, strict=True):
            each.own = own


def opened(without: Walks, with_all: Walks) -> dict[str, set[str]]:
    """Name what an agreement opens to each: what is shown with it, and not without."""
    return {
        who: {
            name for name, found in with_all[who, "GET"].items()
            if found.status == 200 and without[who, "GET"][name].status in REFUSED
        }
        for who in WHO
    }  # fmt: skip


def faults(found: dict[str, Answer], who: str) -> list[str]:
    """Give what of a walk is open that should not be, or leaks."""
    told = []
    for name, each in found.items():
        is_shut = each.status in REFUSED or (who == PROGRAM and each.status == LED_TO_SIGN_IN)
        if each.has_pupil:
            told.append(f"{name} names a pupil")
        if name not in OPEN and (not is_shut or each.leak):
            told.append(f"{name} answers {each.status} {each.leak}")
        if each.uses:
            told.append(f"{name} notes a use that no agreement allowed")
    return told


def test_without_an_agreement_nothing_of_the_partner_is_there(without: Walks) -> None:
    for (who, method), found in without.items():
        assert faults(found, who) == [], (who, method)
        assert len(found) >= 85


def test_with_one_each_look_is_noted_and_no_pupil_is_in_it(
    held: Shared, without: Walks, with_all: Walks
) -> None:
    used = set()
    for who, names in opened(without, with_all).items():
        for name in names:
            found = with_all[who, "GET"][name]
            assert found.uses, f"{name} was shown to {who}, and nothing noted it"
            used |= {kind for _, kind in found.uses}
    assert used == set(KINDS), "something can be agreed that opens nothing, or the reverse"
    for (who, method), found in with_all.items():
        assert not [name for name, each in found.items() if each.has_pupil or each.leak]
        changed = {name for name, each in found.items()
                   if each.status != without[who, method][name].status}  # fmt: skip
        allowed = opened(without, with_all)[who] if method == "GET" else SAID
        assert changed <= allowed | OPEN, (who, method)


def test_an_agreement_opens_what_it_should(without: Walks, with_all: Walks) -> None:
    found = opened(without, with_all)
    assert {
        "surveys", "survey-results", "survey-file", "self-assessments", "self-assessment",
        "findings", "findings-kept", "findings-kept-file", "findings-draft-file",
        "diagnostic-day-barrier", "school-plan", "plan-reviews", "plan-page", "plan-pdf",
        "plan-actions-csv", "attendance", "attendance-table",
    } <= found[PERSON]  # fmt: skip
    assert found[PROGRAM] == {"api-surveys", "api-plan"}
    assert not found[PERSON] & {
        "self-assessment-csv", "behaviour-return", "behaviour-return-csv", "survey-words",
        "survey-codes", "marks-found", "plan-check", "plan-affected",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_agreement_on_all_else_opens_nothing_of_a_kind(
    held: Shared, without: Walks, with_all: Walks, kind: str
) -> None:
    with undone(), reading_its_words(held):
        agreed(held, *(each for each in KINDS if each != kind))
        for who in (PERSON, PROGRAM):
            names = opened(without, with_all)[who]
            for name, each in walked(held, who, only=names).items():
                needs = {used for _, used in with_all[who, "GET"][name].uses}
                assert (each.status == 200) == (kind not in needs), name


def today() -> datetime.date:
    return timezone.localdate()


def days(n: int) -> datetime.timedelta:
    return datetime.timedelta(days=n)


def ended(held: Shared) -> None:
    agreed(held, *KINDS, starts_on=today() - days(20), finishes_on=today())


def not_begun(held: Shared) -> None:
    agreed(held, *KINDS, starts_on=today() + days(1))


def proposed(held: Shared) -> None:
    agreed(held, *KINDS, state="proposed", agreed_at=None, agreed_by="")


def withdrawn(held: Shared) -> None:
    made = agreed(held, *KINDS)
    settled = {"state": "withdrawn", "settled_at": AT, "settled_by": "head"}
    Agreement.objects.filter(pk=made.pk).update(**settled)


def of_a_partnership_that_is_over(held: Shared) -> None:
    agreed(held, *KINDS)
    Partnership.objects.filter(pk=held.partnership.pk).update(
        state="ended", why_ended="Closed", version=F("version") + 1
    )


def with_another_lead(held: Shared) -> None:
    agreed(held, *KINDS, partnership=between(OWN, OTHER))


def about_another_school(held: Shared) -> None:
    agreed(held, *KINDS, partnership=between(OTHER, OWN))


def between(partner: str, lead: str) -> Partnership:
    """Let a school of one side work with the lead of the other."""
    values = {
        field.attname: getattr(Partnership.objects.get(partner_urn=PARTNER, state="agreed"),
                               field.attname)
        for field in Partnership._meta.concrete_fields if not field.primary_key
    }  # fmt: skip
    told = {"partner_urn": NUMBERS[partner]["partner"][0], "lead_urn": NUMBERS[lead]["lead"][0],
            "pathway": "core", "state": "proposed", "version": 1}  # fmt: skip
    made = Partnership.objects.create(**{**values, **told})
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=2)
    return Partnership.objects.get(pk=made.pk)


CASES = (
    ended, not_begun, proposed, withdrawn, of_a_partnership_that_is_over, with_another_lead,
    about_another_school,
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_agreement_that_is_none_for_this_lead_today_opens_nothing(
    held: Shared, without: Walks, with_all: Walks, case: Any
) -> None:
    assert shut_in(held, without, with_all, case) == []


def shut_in(held: Shared, without: Walks, with_all: Walks, case: Any) -> list[str]:
    """Give what is open, of all that an agreement could open, in a case where nothing should be."""
    told = []
    with undone():
        case(held)
        for who in (PERSON, PROGRAM):
            names = opened(without, with_all)[who]
            told += faults(walked(held, who, only=names), who)
    return told


@pytest.mark.parametrize("purpose", terms.purposes())
def test_a_purpose_opens_what_it_needs_and_nothing_else(
    held: Shared, without: Walks, with_all: Walks, purpose: str
) -> None:
    with undone(), reading_its_words(held):
        agreed(held, *KINDS, purposes=[purpose])
        names = opened(without, with_all)[PERSON]
        for name, each in walked(held, PERSON, only=names).items():
            needs = {kind for _, kind in with_all[PERSON, "GET"][name].uses}
            is_needed = all(purpose in terms.purposes_needing(kind) for kind in needs)
            assert (each.status == 200) == is_needed, name


def test_a_lead_sees_the_tables_that_the_school_sees_and_no_way_to_change_them(
    held: Shared,
) -> None:
    at = {"urn": PARTNER, "table": "first-weeks"}
    head = held.world.client(Role.PARTNER_SCHOOL_HEAD)
    lead = held.leads[PERSON]
    with undone():
        agreed(held, "attendance")
        assert (
            lead.get(reverse("attendance-table", kwargs=at)).content
            == head.get(reverse("attendance-table", kwargs=at)).content
        )
        theirs = lead.get(reverse("attendance", kwargs={"urn": PARTNER})).content.decode()
        ours = head.get(reverse("attendance", kwargs={"urn": PARTNER})).content.decode()
    for words in ("First weeks of each term", "Pupils in groups"):
        assert words in theirs
    for name in ("marks-bring", "marks-erase"):
        link = reverse(name, kwargs={"urn": PARTNER})
        assert link in ours
        assert link not in theirs


def always(on: datetime.date) -> Q:
    """Hold every agreement to be in force."""
    return Q()


@pytest.mark.parametrize("case", [ended, proposed, withdrawn, of_a_partnership_that_is_over])
def test_without_the_look_at_days_and_states_it_would_be_open(
    held: Shared, without: Walks, with_all: Walks, case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: these tests see a page that is open."""
    monkeypatch.setattr(queries, "in_force", always)
    found = shut_in(held, without, with_all, case)
    assert any("surveys answers 200" in each for each in found)
    assert any("attendance answers" in each for each in found)


def test_a_page_that_asks_for_no_agreement_would_be_found(
    held: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schoolhubs.service.attendance.queries.sharing.may_see", lambda *_, **__: 1)
    found = faults(walked(held, PERSON, only={"attendance", "attendance-table"}), PERSON)
    assert len(found) == 2, "both open, and neither noted"


def test_a_pupil_in_an_answer_would_be_found(held: Shared) -> None:
    with undone(), reading_its_words(held):
        agreed(held, "plan")
        kept = PlanVersion.objects.get(plan__urn=PARTNER)
        content = {**kept.content, "title": f"Plan for {shared.SURNAME}7"}
        PlanVersion.objects.create(**{
            field.attname: getattr(kept, field.attname)
            for field in PlanVersion._meta.concrete_fields if not field.primary_key
        } | {"number": kept.number + 1, "content": content})  # fmt: skip
        type(kept.plan).objects.filter(pk=kept.plan_id).update(number=kept.number + 1)
        assert walked(held, PERSON, only={"school-plan"})["school-plan"].has_pupil
