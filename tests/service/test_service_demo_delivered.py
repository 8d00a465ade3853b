"""A delivered year comes into the demonstration by actions, and its books stay to the penny."""

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from invented import facts, register
from schoolhubs import funding, programmes, synthetic
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.demo.delivered import joining
from schoolhubs.service.demo.delivered.reading import Year, read_year
from schoolhubs.service.demo.delivered.telling import tell_delivered
from schoolhubs.service.events.models import Booking, Event
from schoolhubs.service.events.queries import faults_of
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.funding.statements.records import of_programme, zipped
from schoolhubs.service.milestones.models import Concern
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import ExtensionRequest, Partnership, Rest
from schoolhubs.service.training.models import ModuleCompletion, TrainingSession
from schoolhubs.vocabulary.records.funding import Statement
from signing import signed_in

RISE, SPECIAL = "rise-hubs-2025", "special-ap-hubs-example"
BOTH = pytest.mark.parametrize("programme_id", [RISE, SPECIAL])
PERIOD = "2025/26"
AT = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)
MOST_QUESTIONS = 15


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("england")
    synthetic.england(folder, seed=5, n_schools=400, with_year=True)
    found = read_year(folder)
    assert found is not None
    return found


@pytest.fixture(scope="module", autouse=True)
def told(year: Year, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Tell of the hub of each programme with most days given, and undo it at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        for programme_id in (RISE, SPECIAL):
            lead_urn = liveliest(year, programme_id)
            hub = [each for each in year.of(programme_id) if each.lead_urn == lead_urn]
            urns = {each.urn for each in hub} | {lead_urn}
            snapshot = register(*(facts(urn, trust_id="7001") for urn in sorted(urns)))
            Hub.objects.create(
                programme_id=programme_id, lead_urn=lead_urn, places={},
                started_on=datetime.date(2025, 9, 1),
            )  # fmt: skip
            chosen = joining.of_hubs(year, programme_id, snapshot, [lead_urn])
            assert chosen == hub
            joining.join(chosen, snapshot, at=AT)
        ours = [urn for each in year.records.records for urn in (each.urn, each.lead_urn)]
        register(*(facts(urn, trust_id="7001") for urn in sorted(set(ours))))
        heard: list[str] = []
        n = tell_delivered(year, [RISE, SPECIAL], at=AT, say=heard.append)
        assert n == Partnership.objects.filter(year=1).count()
        assert len(heard) == 8, "progress is told"
        assert tell_delivered(year, [RISE, SPECIAL], at=AT) == 0, "told once"
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def liveliest(year: Year, programme_id: str) -> str:
    """Give the lead whose payments somebody clawed back, else the one that gave most days."""
    back = {each.partnership_id for each in year.records.clawbacks}
    given: Counter[str] = Counter()
    for each in year.of(programme_id):
        given[each.lead_urn] += sum(day.lead_half_days for day in each.days)
        given[each.lead_urn] += 1_000 * (each.partnership_id in back)
    return max(given, key=lambda urn: (given[urn], urn))


def stated(year: Year, records: funding.folder.FundingRecords, programme_id: str) -> Statement:
    """Draw up the statement of the hub that is told of."""
    lead_urn = liveliest(year, programme_id)
    ours = records.of_programme(programme_id)
    kept = [each for each in ours.records if each.lead_urn == lead_urn]
    names = {each.partnership_id for each in kept}
    return funding.statement(
        kept, programmes.load(programme_id), PERIOD,
        declarations=[each for each in ours.declarations if each.partnership_id in names],
        payments=[each for each in ours.payments if each.partnership_id in names],
        clawbacks=[each for each in ours.clawbacks if each.partnership_id in names],
    )  # fmt: skip


def lines(made: Statement) -> Counter[tuple[object, ...]]:
    return Counter(
        (
            each.award.payee_id, each.award.urn, each.award.payee_kind, each.award.milestone,
            each.state, each.awarded_pence, each.paid_pence, each.clawed_back_pence, each.due_pence,
        )
        for each in made.lines
    )  # fmt: skip


@BOTH
def test_payments_of_the_service_are_those_of_the_folder_to_the_penny(
    year: Year, programme_id: str, tmp_path: Path
) -> None:
    theirs = stated(year, year.records, programme_id)
    exported = tmp_path / "records.zip"
    exported.write_bytes(zipped(of_programme(programme_id)))
    records = funding.folder.read_records(exported, until=AT.date())
    ours = stated(year, records, programme_id)
    assert lines(ours) == lines(theirs)
    assert sum(each.paid_pence for each in ours.lines) > 0
    books = funding.books(ours, records.payments, records.clawbacks)
    assert (books.difference_pence, books.problems) == (0, ())


def test_a_payment_that_came_to_a_penny_more_would_be_seen(year: Year) -> None:
    theirs, ours = (stated(year, each, RISE) for each in (year.records, of_programme(RISE)))
    lines_of_ours = lines(ours)
    line = next(iter(lines_of_ours))
    lines_of_ours[(*line[:-1], int(str(line[-1])) + 1)] = lines_of_ours.pop(line)
    assert lines_of_ours != lines(theirs)


@BOTH
def test_each_run_is_paid_and_reconciled_and_the_budget_says_what_was_paid(
    year: Year, programme_id: str
) -> None:
    runs = list(PaymentRun.objects.filter(programme_id=programme_id).order_by("number"))
    assert [each.state for each in runs] == ["paid"] * 2
    assert all(each.agreed_by != each.prepared_by for each in runs)
    paid = sum(each.paid_pence for run in runs for each in run.confirmations.all())
    ours = {each.urn for each in year.of(programme_id)
            if each.lead_urn == liveliest(year, programme_id)}  # fmt: skip
    names = {each.partnership_id for each in year.of(programme_id) if each.urn in ours}
    folder = sum(e.amount_pence for e in year.records.payments if e.partnership_id in names)
    assert paid == folder > 0
    assert {each.state for each in Declaration.objects.all()} >= {"checked"}


def test_there_is_something_of_every_kind_at_the_hubs(year: Year) -> None:
    days = Counter(SupportDay.objects.values_list("state", flat=True))
    assert set(days) == {"agreed", "delivered", "missed", "planned"}
    assert SupportDay.objects.filter(state="planned", on__gt=AT).exists()
    assert Clawback.objects.get().state == "agreed"
    stands = Counter(Booking.objects.values_list("state", flat=True))
    assert {"booked", "cancelled"} <= set(stands)
    assert ModuleCompletion.objects.filter(state="declared").exists()
    assert ModuleCompletion.objects.filter(state="confirmed").count() > 100
    assert TrainingSession.objects.filter(state="planned").exists()
    assert Partnership.objects.filter(state="ended").exists()
    assert Rest.objects.filter(until_on__isnull=True).exists()
    assert Counter(Concern.objects.values_list("state", flat=True)) >= Counter(["open", "answered"])
    assert ExtensionRequest.objects.filter(state="agreed").exists()
    assert Partnership.objects.filter(year=2).exists()


def test_no_event_was_oversold_and_nobody_waiting_was_skipped() -> None:
    every = list(Event.objects.select_related("hub"))
    assert len(every) > 10
    for event in every:
        assert faults_of(event) == ()
        assert event.n_taken <= event.n_places
    waited = Booking.objects.filter(in_line__isnull=False)
    assert waited.filter(state="over").exists() or waited.filter(state="waiting").exists()


OF_OFFICE = (
    "/stuck", "/office/support-days", "/office/events", "/office/training",
    "/office/money/runs", "/office/money/clawbacks",
    "/office/money/samples", f"/office/money/programmes/{RISE}/budget",
    f"/office/money/programmes/{SPECIAL}/budget", "/work",
)  # fmt: skip
OF_HUB = (
    "/hubs/{lead}/today", "/hubs/{lead}/days", "/hubs/{lead}/training",
    "/hub/events", "/hub", "/training/sessions", "/schools/{lead}/money", "/work",
)  # fmt: skip
OF_PARTNER = (
    "/partnerships/{pk}/days", "/partnerships/{pk}/terms", "/events", "/work",
    "/schools/{urn}/training",
)  # fmt: skip
EMPTY = ("There are no", "There is no", "Nothing here", "No support days")


def shown(role: Role, address: str, **who: str) -> str:
    """Give the words of a page, which asks the database as little as for one row."""
    client = signed_in(role, **who)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200, address
    assert len(asked) <= MOST_QUESTIONS, (address, len(asked))
    return page.content.decode()


@pytest.mark.parametrize("address", OF_OFFICE)
def test_each_page_of_the_office_has_life(address: str) -> None:
    role = Role.FINANCE_MAKER if "/money/" in address else Role.OFFICE_CASEWORKER
    page = shown(role, address)
    assert not [each for each in EMPTY if each in page], address


@pytest.mark.parametrize("address", OF_HUB)
def test_each_page_of_a_hub_has_life(year: Year, address: str) -> None:
    lead = liveliest(year, RISE)
    page = shown(Role.LEAD_SCHOOL, address.format(lead=lead), urn=lead, subject="lead")
    assert not [each for each in EMPTY if each in page], address


@pytest.mark.parametrize("address", OF_PARTNER)
def test_each_page_of_a_partner_has_life(address: str) -> None:
    day = SupportDay.objects.filter(partnership__programme_id=RISE, state="planned").first()
    assert day is not None
    one = day.partnership
    at = address.format(pk=one.pk, urn=one.partner_urn)
    page = shown(Role.PARTNER_SCHOOL_HEAD, at, urn=one.partner_urn, subject="head")
    assert not [each for each in EMPTY if each in page], address


def test_a_hub_stands_behind_and_the_stuck_list_says_why() -> None:
    page = shown(Role.OFFICE_CASEWORKER, "/stuck")
    assert page.count("<tr") > 5
    assert "overdue" in page.casefold() or "behind" in page.casefold()


def test_a_folder_without_a_year_has_none(tmp_path: Path) -> None:
    assert read_year(tmp_path) is None


def test_a_hub_is_told_of_wholly_or_not_at_all(year: Year) -> None:
    lead_urn = liveliest(year, RISE)
    snapshot = register(facts(lead_urn))
    assert joining.of_hubs(year, RISE, snapshot, [lead_urn]) == []
