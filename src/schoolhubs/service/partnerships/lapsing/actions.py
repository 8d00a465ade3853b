"""Each hour: proposals are moved to a term that can be begun, reminded of, and lapse."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from django.db import transaction

from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.queries import addresses_of
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.terms import OF_THE_SERVICE
from schoolhubs.service.partnerships.lapsing import rules, telling
from schoolhubs.service.partnerships.lapsing.moving import is_late, move_start
from schoolhubs.service.partnerships.models import Objection, Partnership, Side
from schoolhubs.service.web.pages import day


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When something is done, and where."""

    on: datetime.date
    at: datetime.datetime
    place: str


def settle_proposals(*, on: datetime.date, at: datetime.datetime, place: str) -> Mapping[str, int]:
    """Move, remind of and lapse what is due of proposals on a day; done already, nothing changes.

    While the office has an objection to decide, what it is about waits for the office: it is
    neither reminded of nor lapses. Nothing lapses that somebody could not be reminded of.

    Returns
    -------
    Mapping
        How many were moved, reminded of and lapsed.
    """
    when = When(on=on, at=at, place=place)
    return {
        "proposals moved": _each_hub(is_late, _move, when),
        "proposals lapsed": _each_hub(_is_over, _lapse, when),
        "proposals reminded of": _each_hub(_is_due, _remind, when),
    }


Asked = Callable[[Partnership, datetime.date], bool]
Done = Callable[[Sequence[Partnership], When], int]


def _each_hub(asked: Asked, do: Done, when: When) -> int:
    """Do something with the proposals it is due for, a transaction for each side that leads."""
    due: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for each in Partnership.objects.filter(state="proposed").order_by("pk"):
        if asked(each, when.on):
            due[each.programme_id, each.lead_urn, each.lead_trust_id].append(each.pk)
    n = 0
    for _, ours in sorted(due.items()):
        with transaction.atomic():
            rows = Partnership.objects.filter(pk__in=ours, state="proposed")
            held = list(rows.select_for_update(of=("self",)).order_by("pk"))
            waits = _with_the_office(held)
            # Asked once more: somebody may have answered while the row was waited for.
            still = [each for each in held if asked(each, when.on) and each.pk not in waits]
            n += do(still, when) if still else 0
    return n


def _with_the_office(held: Sequence[Partnership]) -> set[int]:
    rows = Objection.objects.filter(partnership__in=held, state="open")
    return set(rows.values_list("partnership", flat=True))


def _is_due(found: Partnership, on: datetime.date) -> bool:
    return found.reminded_at is None and on >= rules.reminds_on(found)


def _is_over(found: Partnership, on: datetime.date) -> bool:
    return found.reminded_at is not None and on > rules.answer_by(found)


def _move(held: Sequence[Partnership], when: When) -> int:
    for each in held:
        before = each.starts_on
        move_start(each, on=when.on)
        changing.save(each)
        _record(
            each, "move-start", when, starts_on=each.starts_on.isoformat(),
            reason=f"The term of {day(before)} was too far on to begin in.",
        )  # fmt: skip
    letters.write(telling.moved(held), by=OF_THE_SERVICE, at=when.at, place=when.place)
    return len(held)


def _remind(held: Sequence[Partnership], when: When) -> int:
    """Remind who has not answered; nobody of a pair in which one of these cannot be written to."""
    soonest = rules.soonest_after_reminder(when.on)
    can: list[Partnership] = []
    cannot: list[Partnership] = []
    for each in held:
        each.answer_by = max(rules.answer_by(each), soonest)
        (can if all(addresses_of(telling.reminders([each]))) else cannot).append(each)
    # It stands in the office's list of letters with nobody to go to, once.
    left = telling.each_alone(cannot)
    letters.write(left, by=OF_THE_SERVICE, at=when.at, place=when.place)
    for each in can:
        each.reminded_at = when.at
        changing.save(each)
        _record(each, "remind", when, answer_by=rules.answer_by(each).isoformat())
    letters.write(telling.reminders(can), by=OF_THE_SERVICE, at=when.at, place=when.place)
    return len(can)


def _lapse(held: Sequence[Partnership], when: When) -> int:
    for each in held:
        changing.move(each, "lapsed", by="office")
        each.why_ended = why_lapsed(each)
        changing.save(each)
        _record(each, "lapse", when, reason=each.why_ended)
    changing.move_applications(held, "eligible", only_from=("matched",))
    letters.write(telling.lapsed(held), by=OF_THE_SERVICE, at=when.at, place=when.place)
    return len(held)


def why_lapsed(found: Partnership) -> str:
    """Say who had not answered a proposal by its last day."""
    silent = [side for side in Side.values if not found.says_of(side)]
    whose = " and ".join(f"the {side}" for side in silent).capitalize()
    return f"{whose} had not answered by {day(rules.answer_by(found))}."


def _record(found: Partnership, action: str, when: When, *, reason: str = "", **told: str) -> None:
    changing.record(
        found, action, by=OF_THE_SERVICE, organisation="", at=when.at, place=when.place,
        reason=reason, **told,
    )  # fmt: skip
