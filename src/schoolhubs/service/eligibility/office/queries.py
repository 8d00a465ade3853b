"""What the programme office looks at: the queue of applications, and one with all its history."""

import dataclasses
from collections.abc import Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.audit.queries import Told, entries_about, told
from schoolhubs.service.eligibility.models import Application, Decision, HumanDecision
from schoolhubs.service.history.wording import Line, lines_about
from schoolhubs.service.schools.models import RegisterSnapshot, School

ON_A_PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One application in the queue, with its school; None where the register lacks it."""

    application: Application
    school: School | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of the queue, and how many applications are in each state."""

    rows: list[Row]
    page: Page[Application]
    counts: dict[str, int]


def queue(
    snapshot: RegisterSnapshot, *, programme_id: str, state: str, region: str, typed: str, page: int
) -> Queue:
    """Give one page of the applications sent that match; blank filters match all."""
    sent = Application.objects.exclude(state="draft")
    if programme_id:
        sent = sent.filter(programme_id=programme_id)
    if region or typed:
        sent = sent.filter(urn__in=_urns(snapshot, region, typed)) | _by_reference(sent, typed)
    counts = dict(sent.values_list("state").annotate(n=Count("pk")).order_by())
    wanted = sent.filter(state=state) if state else sent
    listed = wanted.order_by("applied_on", "pk").defer("answers", "facts_seen")
    paginator = Paginator(listed, ON_A_PAGE)
    # Counted by state already: asking once more would read every application again.
    paginator.count = counts.get(state, 0) if state else sum(counts.values())
    shown = paginator.get_page(page)
    urns = [each.urn for each in shown]
    schools = School.objects.filter(snapshot=snapshot, urn__in=urns).defer("facts", "words")
    named = {each.urn: each for each in schools}
    rows = [Row(application=each, school=named.get(each.urn)) for each in shown]
    return Queue(rows=rows, page=shown, counts=counts)


def _urns(snapshot: RegisterSnapshot, region: str, typed: str) -> list[str]:
    schools = School.objects.filter(snapshot=snapshot)
    if region:
        schools = schools.filter(region=region)
    if typed:
        schools = schools.filter(Q(urn=typed) | Q(name__icontains=typed))
    return list(schools.values_list("urn", flat=True))


def _by_reference(sent: QuerySet[Application], typed: str) -> QuerySet[Application]:
    return sent.filter(reference__iexact=typed) if typed else sent.none()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application: the newest word of the rules by pathway, people's decisions, its history.

    ``people`` names those who decided or agreed, by what the sign-in knows them by.
    """

    application: Application
    school: School | None
    verdicts: list[Decision]
    decisions: list[HumanDecision]
    people: Mapping[str, str]
    history: list[Told]

    def changes(self, labels: Mapping[str, str]) -> list[Line]:
        """Give what the database itself noted of it and of people's decisions on it."""
        return lines_about([self.application, *self.decisions], labels=labels)


def case(snapshot: RegisterSnapshot, reference: str) -> Case | None:
    """Give one application with everything that was said of it; None for an unknown reference."""
    application = Application.objects.filter(reference=reference).exclude(state="draft").first()
    if application is None:
        return None
    newest = {each.pathway: each for each in Decision.objects.filter(application=application)}
    decisions = list(HumanDecision.objects.with_asked().filter(application=application))
    people = {who for each in decisions for who in (each.decided_by, each.agreed_by)}
    return Case(
        application=application,
        school=School.objects.filter(snapshot=snapshot, urn=application.urn).first(),
        verdicts=list(newest.values()),
        decisions=decisions,
        people=names_of_people(people),
        history=told(entries_about(f"application:{reference}")),
    )


def decided_since(now: Case | None, newest_seen: str) -> list[HumanDecision]:
    """Give the decisions made since a page was shown, by the newest that stood on it."""
    if now is None or not newest_seen.isdecimal() or len(newest_seen) > 18:
        return []
    return [each for each in now.decisions if each.pk > int(newest_seen)]
