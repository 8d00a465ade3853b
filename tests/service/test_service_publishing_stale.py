"""A round is not published over what has changed since it was run, and the page says so before."""

import datetime
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invented import AT, ON, PROGRAMME
from partnering import LEAD, RULES, SECOND_LEAD, a_round, of, state_of, world
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.cohorts.models import Intake
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.matching.models import PublishedRound, Round
from schoolhubs.service.matching.publishing import preview, publish
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing import changing, ending, pairs, proposing
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import LIVE, Objection, Partnership
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

WHO: dict[str, Any] = {"by": "ada", "at": AT, "place": "tests", "organisation": "office:1"}
HEAD: dict[str, Any] = {
    "side": "partner", "by": "head", "organisation": "school:1", "at": AT, "place": "/match"
}  # fmt: skip
HUB: dict[str, Any] = {**HEAD, "side": "lead", "by": "lead"}


def agreed(urn: str) -> Partnership:
    for who in (HEAD, HUB):
        one = of(urn)
        actions.answer(one, says="accepts", version=one.version, **who)
    return of(urn)


def parted(urn: str, reason: str = "fit") -> None:
    one = of(urn)
    actions.answer(one, says="objects", reasons=[reason], version=one.version, **HEAD)
    objection = Objection.objects.get(partnership=one)
    actions.decide(objection, is_upheld=True, reason="So it is", **WHO)


def stepped_down(lead_urn: str) -> None:
    hub = Hub.objects.get(lead_urn=lead_urn)
    actions.step_down(hub, on=ON, reason="A new head", **WHO)


def a_pair_was_parted() -> tuple[Round, str]:
    snapshot, _ = world({"900001": LEAD, "900002": LEAD})
    stale = a_round(snapshot, {"900001": LEAD, "900002": SECOND_LEAD})
    parted("900001")
    return stale, "School 900001 .URN 900001. with School 900010 .URN 900010., because an objection"


def a_hub_stepped_down() -> tuple[Round, str]:
    snapshot, _ = world({"900001": LEAD, "900002": SECOND_LEAD})
    stale = a_round(snapshot, {"900001": LEAD, "900002": SECOND_LEAD})
    stepped_down(LEAD)
    return stale, "School 900010 .URN 900010., because the lead school leads no hub on"


def a_hub_steps_down_before_the_intake_starts() -> tuple[Round, str]:
    snapshot, _ = world({"900001": LEAD})
    stale = a_round(snapshot, {"900001": LEAD})
    Intake.objects.filter(cohort_id=RULES.cohort_id).update(starts_on=datetime.date(2099, 1, 1))
    Hub.objects.filter(lead_urn=LEAD).update(finished_on=datetime.date(2098, 12, 31))
    return stale, "leads no hub on 1 January 2099"


def a_school_agreed_with_another() -> tuple[Round, str]:
    snapshot, _ = world({"900001": LEAD})
    stale = a_round(snapshot, {"900001": SECOND_LEAD})
    agreed("900001")
    return stale, "School 900001.* with School 900011.* has agreed with School 900010 .URN 900010."


def a_school_agreed_on_another_pathway() -> tuple[Round, str]:
    snapshot, _ = world({"900001": LEAD})
    stale = a_round(snapshot, {"900001": LEAD}, pathway="regional")
    agreed("900001")
    return stale, "has agreed with School 900010 .URN 900010. on another pathway already"


def of_an_earlier_cohort(partner: str, lead: str, finishes_on: datetime.date) -> Partnership:
    return Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2024-25-summer", partner_urn=partner, lead_urn=lead,
        pathway="enhanced", starts_on=datetime.date(2025, 4, 1), finishes_on=finishes_on,
        proposed_at=AT, proposed_by="ada",
    )  # fmt: skip


def held_before(finishes_on: datetime.date) -> Round:
    snapshot, _ = world({"900001": ""})
    one = of_an_earlier_cohort("900001", LEAD, finishes_on)
    in_time = datetime.datetime.combine(one.starts_on, AT.timetz())  # later, its start would move
    for n, who in enumerate((HEAD, HUB), start=1):
        one = actions.answer(one, says="accepts", version=n, **{**who, "at": in_time})
    assert (one.state, one.finishes_on) == ("agreed", finishes_on)
    return a_round(snapshot, {"900001": SECOND_LEAD})


def an_earlier_cohort_holds_the_school() -> tuple[Round, str]:
    stale = held_before(datetime.date(2099, 4, 1))  # into any term that can be begun
    return stale, "has agreed with School 900010 .URN 900010. already"


def a_conflict_was_found_the_other_way_round() -> tuple[Round, str]:
    snapshot, _ = world({"900001": ""})
    before = of_an_earlier_cohort(LEAD, "900001", datetime.date(2026, 1, 1))
    Objection.objects.create(
        partnership=before, side="partner", reasons=["conflict"], made_at=AT, made_by="head",
        state="upheld", decided_at=AT, decided_by="ada", decided_reason="So",
    )  # fmt: skip
    return a_round(snapshot, {"900001": LEAD}), "keeps the two apart"


CHANGES = [
    a_pair_was_parted, a_conflict_was_found_the_other_way_round, a_hub_stepped_down,
    a_hub_steps_down_before_the_intake_starts, a_school_agreed_with_another,
    a_school_agreed_on_another_pathway, an_earlier_cohort_holds_the_school,
]  # fmt: skip


def standing() -> list[Any]:
    return [
        list(Partnership.objects.order_by("pk").values()),
        list(Application.objects.order_by("pk").values_list("pk", "state", "version")),
        list(PublishedRound.objects.values()),
        AuditEntry.objects.count(),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_a_round_is_refused_where_a_pair_of_it_stands_no_longer(change: Any) -> None:
    stale, said = change()
    before = standing()
    assert len(preview(stale).broken) == 1
    with pytest.raises(Conflict, match=f"stands no longer: .*{said}") as refused:
        publish(stale, reason="Agreed", **{**WHO, "at": timezone.now()})
    assert preview(stale).broken[0].words in str(refused.value), "the page says it before"
    assert standing() == before


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_without_the_look_it_would_be_published(
    change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale, _ = change()
    monkeypatch.setattr(proposing, "refuse_broken", lambda *_, **__: None)
    publish(stale, reason="Agreed", **WHO)
    assert PublishedRound.objects.get().round_id == stale.pk


@pytest.mark.django_db
def test_what_stands_still_breaks_nothing() -> None:
    snapshot, _ = world({"900001": LEAD, "900002": LEAD, "900003": LEAD, "900004": LEAD})
    agreed("900001")
    parted("900002")
    left = Application.objects.get(urn="900003")
    actions.leave(left, "withdrawn", reason="", version=left.version, by="head",
                  organisation="school:1", at=AT, place="tests")  # fmt: skip
    places = {"900001": LEAD, "900002": SECOND_LEAD, "900003": LEAD, "900004": LEAD}
    fresh = a_round(snapshot, places)
    assert preview(fresh).broken == ()
    publish(fresh, reason="Agreed", **WHO)
    assert state_of("900002") == "matched"


@pytest.mark.django_db
def test_a_partnership_that_is_over_by_then_breaks_nothing() -> None:
    fresh = held_before(datetime.date(2026, 1, 1))
    publish(fresh, reason="Agreed", **WHO)
    assert of("900001").lead_urn == SECOND_LEAD


@pytest.mark.django_db
def test_many_broken_pairs_are_counted_after_the_first_few() -> None:
    urns = [f"90{n:04}" for n in range(100, 108)]
    snapshot, _ = world(dict.fromkeys(urns, LEAD), n_places=len(urns))
    stale = a_round(snapshot, dict.fromkeys(urns, LEAD))
    stepped_down(LEAD)
    with pytest.raises(Conflict, match=r"; and 3 more\. Nothing was published"):
        pairs.refuse_broken(stale, on=ON)


@pytest.mark.django_db
def test_the_page_says_so_before_and_takes_no_order() -> None:
    stale, _ = a_school_agreed_with_another()
    client = signed_in(Role.OFFICE_ADMINISTRATOR)
    address = f"/office/rounds/{stale.pk}/publish"
    page = client.get(address).content.decode()
    assert "School 900001 (URN 900001) with School 900011 (URN 900011), because" in page
    assert "cannot be published: 1 school has a hub" in page
    assert '<form method="post" novalidate' not in page
    sent = {"replaces": PublishedRound.objects.get().round_id, "reason": "Yes", "n_schools": "0"}
    assert client.post(address, sent).status_code == 409
    assert not Work.objects.exists()


# -- the order of locks ------------------------------------------------------------------------

ORDER = ("partnerships_partnership", "network_hub", "eligibility_application")


def locked_by(act: Any) -> list[tuple[str, bool]]:
    """Give the tables that an action locks rows of, and whether it locks them by number."""
    with CaptureQueriesContext(connection) as ran:
        act()
    locks = [each["sql"] for each in ran if "FOR UPDATE" in each["sql"]]
    found = []
    for sql in locks:
        table = sql.split('FROM "')[1].split('"')[0]
        orders = f'ORDER BY "{table}"."id" ASC', "ORDER BY 1 ASC", f'WHERE "{table}"."id" = '
        is_one = table == "network_hub" and '"lead_urn" = ' in sql  # one hub a programme and lead
        found.append((table, is_one or any(order in sql for order in orders)))
    return [each for each in found if each[0] in ORDER]


def is_in_order(locks: list[tuple[str, bool]]) -> bool:
    places = [ORDER.index(table) for table, _ in locks]
    return places == sorted(places) and all(by_number for _, by_number in locks)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["propose", "turn", "step_down", "leave", "agree", "decide"])
def test_every_action_locks_partnerships_then_hubs_then_applications(action: str) -> None:
    urns = [f"90000{n}" for n in range(1, 6)]
    snapshot, _ = world(dict.fromkeys(urns, LEAD))
    again = a_round(snapshot, dict.fromkeys(urns, SECOND_LEAD))
    agreed("900001") if action == "turn" else None
    left = Application.objects.get(urn="900002")
    told = {"version": left.version, "by": "head", "organisation": "school:1", "at": AT}
    acts = {
        "propose": lambda: actions.propose(again, by="ada", at=AT, place="tests"),
        "turn": lambda: turn(on=ON, at=AT, place="tests"),
        "step_down": lambda: stepped_down(LEAD),
        "leave": lambda: actions.leave(left, "withdrawn", reason="", place="tests", **told),
        "agree": lambda: agreed("900003"),
        "decide": lambda: parted("900004"),
    }
    locks = locked_by(acts[action])
    assert {table for table, _ in locks} >= {ORDER[0], ORDER[2]}
    if action == "agree":  # two answers, each a transaction of its own
        cut = len(locks) - 1 - [table for table, _ in locks][::-1].index(ORDER[0])
        locks = locks[cut:]
    if action == "decide":
        locks = locks[next(n for n, (table, _) in enumerate(locks) if table == ORDER[2]) - 1 :]
    assert is_in_order(locks), locks


def test_another_order_would_be_seen() -> None:
    assert not is_in_order([(ORDER[2], True), (ORDER[0], True)])
    assert not is_in_order([(ORDER[0], False), (ORDER[2], True)])


def leave_while_publishing(monkeypatch: pytest.MonkeyPatch, hold: Any) -> list[str]:
    """Let a school withdraw at the moment a round is published; give what went wrong."""
    snapshot, _ = world({"900001": LEAD, "900002": LEAD})
    newer = a_round(snapshot, {"900001": SECOND_LEAD, "900002": LEAD})
    has_partnership, has_applications = threading.Event(), threading.Event()
    move = ending.applications.move
    faults: list[str] = []

    def moved(*given: Any, **named: Any) -> Application:
        has_partnership.set()
        has_applications.wait(1.0)
        return move(*given, **named)

    def held(round_: Round) -> None:
        has_partnership.wait(5.0)
        hold(round_, has_applications)

    monkeypatch.setattr(ending.applications, "move", moved)
    monkeypatch.setattr(proposing, "hold", held)
    application = Application.objects.get(urn="900001")

    def run(act: Any) -> None:
        try:
            act()
        except OperationalError as error:
            faults.append(str(error))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(act,))
        for act in (
            lambda: actions.leave(
                application, "withdrawn", reason="", version=application.version, by="head",
                organisation="school:1", at=AT, place="tests",
            ),
            lambda: publish(newer, reason="Agreed", **WHO),
        )
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


HOLD = proposing.hold


@pytest.mark.usefixtures("own_database")
def test_a_school_that_withdraws_while_a_round_is_published_gets_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert leave_while_publishing(monkeypatch, lambda round_, _: HOLD(round_)) == []
    assert (state_of("900001"), of("900001").state) == ("withdrawn", "ended")
    assert not Partnership.objects.filter(partner_urn="900001", state__in=LIVE).exists()
    assert (state_of("900002"), of("900002").state) == ("matched", "proposed")


@pytest.mark.usefixtures("own_database")
def test_applications_locked_first_would_make_the_two_wait_in_a_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def other_way(round_: Round, has_applications: threading.Event) -> None:
        changing.lock(Application.objects.filter(cohort_id=round_.cohort_id))
        has_applications.set()
        changing.lock(Partnership.objects.filter(state__in=LIVE))

    faults = leave_while_publishing(monkeypatch, other_way)
    assert len(faults) == 1
    assert "deadlock detected" in faults[0]
