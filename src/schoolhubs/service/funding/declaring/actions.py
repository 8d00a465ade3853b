"""Begins, fills, declares, checks and returns declarations; a check keeps the award."""

import dataclasses
import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import queries, telling
from schoolhubs.service.funding.awarding import actions as awarding
from schoolhubs.service.funding.awarding.facts import Facts
from schoolhubs.service.funding.declaring.places import (
    milestone_of,
    refuse_cut_short,
    refuse_what_was_not_missed,
    take_over,
)
from schoolhubs.service.funding.models import (
    Declaration,
    DeclarationState,
    DeclaredDay,
    KeptAward,
)
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.jobs import faults
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_while_resting
from schoolhubs.service.web.pages import day as in_words
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Somebody changed this declaration while you had it open. Nothing of yours was saved; look at "
    "what stands now."
)
LAPSED = (
    "This declaration lapsed on {day}, as nobody had declared it by its last day. Nothing of yours "
    "was saved. The programme office can open it again: write to it, and say why it was late."
)
TOO_EARLY = "It can be declared from {day} on, when the time it is about is over. Nothing was sent."
OUTSIDE = "The day has to lie within the partnership, and before {day}. Nothing was saved."
SAME_PERSON = "You declared this yourself, so somebody else checks it. Nothing was changed."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who does it, for whom, when and on which page; ``name`` as a declaration names people."""

    by: str
    organisation: str
    at: datetime.datetime
    place: str
    name: str = ""

    @property
    def on(self) -> datetime.date:
        """The day in England."""
        return timezone.localdate(self.at)


def begin(partnership: Partnership, *, side: str, milestone: str, who: Who) -> Declaration:
    """Begin a declaration, or give the one that was begun.

    Where the partnership was cut short, it takes over what was typed for a milestone that is none
    any more.

    Raises
    ------
    Conflict
        If the side is paid nothing then, or the partnership rests.
    """
    before = queries.declaration_of(partnership.pk, side, milestone)
    if before is not None:
        return before
    with transaction.atomic():
        facts, found = milestone_of(partnership.pk, side, milestone)
        _refuse_while_resting(partnership)
        made, is_new = Declaration.objects.get_or_create(
            partnership=partnership, side=side, milestone=milestone,
            defaults={
                "organisation": who.organisation, "begun_at": who.at, "begun_by": who.by,
            },
        )  # fmt: skip
        if is_new:
            taken_over = take_over(made, facts, found)
            _tell("declaration.begin", made, who, taken_over=taken_over)
    return made


def add_day(
    declaration: Declaration, *, on: datetime.date, half_days: int, what: str, by_whom: str,
    evidence: str, version: int, who: Who, excused_because: str = "",
) -> DeclaredDay:  # fmt: skip
    """Add time that no ledger holds, with what shows it.

    ``excused_because`` is for a day that fell through by no fault of the partner: it says why.

    Raises
    ------
    Conflict
        If it is declared already, was changed meanwhile, the day lies outside its time, or what
        is to be excused was not missed.
    """
    with transaction.atomic():
        held, facts, due_on = _held_to_write(declaration, version)
        if not held.partnership.starts_on <= on < due_on:
            raise Conflict(OUTSIDE.format(day=in_words(due_on)))
        if excused_because:
            refuse_what_was_not_missed(facts, held.side, on=on, half_days=half_days)
        made = DeclaredDay.objects.create(
            declaration=held, on=on, half_days=half_days, what=what, who=by_whom,
            evidence=evidence, excused_because=excused_because, added_at=who.at, added_by=who.by,
        )  # fmt: skip
        _save(held)
        _tell("declaration.add_day", held, who, on=on.isoformat(), half_days=half_days,
              is_excused=bool(excused_because))  # fmt: skip
    return made


def take_out_day(declaration: Declaration, day_id: int, *, version: int, who: Who) -> None:
    """Take out a day that was added by hand; one of a ledger is changed where it is kept.

    Raises
    ------
    Conflict
        If it is declared already, was changed meanwhile, or the day is gone or struck out.
    """
    with transaction.atomic():
        held, _, _ = _held_to_write(declaration, version)
        if not held.days.filter(pk=day_id, struck_at__isnull=True).delete()[0]:
            raise Conflict(CHANGED)
        _save(held)
        _tell("declaration.take_out_day", held, who)


def report_use(
    declaration: Declaration, *, travel_pence: int, backfill_pence: int, plan_pence: int,
    version: int, who: Who,
) -> Declaration:  # fmt: skip
    """Say what the money was used for.

    Raises
    ------
    Conflict
        If it is declared already, or was changed meanwhile.
    """
    with transaction.atomic():
        held, _, _ = _held_to_write(declaration, version)
        held.travel_pence, held.backfill_pence = travel_pence, backfill_pence
        held.plan_pence = plan_pence
        _save(held)
        _tell("declaration.use", held, who, pence=held.used_pence)
    return held


def declare(declaration: Declaration, *, version: int, who: Who) -> Declaration:
    """Declare that it is so: from then on the office has it, and nothing of it changes.

    Raises
    ------
    Conflict
        If its time is not over, it is declared already, or was changed meanwhile.
    """
    with transaction.atomic():
        held, _, due_on = _held_to_write(declaration, version)
        if who.on < due_on:
            raise Conflict(TOO_EARLY.format(day=in_words(due_on)))
        held.state, held.declared_at = DeclarationState.DECLARED, who.at
        held.declared_by, held.declared_name = who.by, who.name
        held.returned_reason = ""
        _save(held)
        _tell("declaration.declare", held, who)
    return held


def check(declaration: Declaration, *, version: int, who: Who) -> KeptAward:
    """Find a declaration right; its award is kept with it, and falls due by its day.

    Raises
    ------
    Conflict
        If it is not declared, was changed meanwhile, or the same person declared it.
    """
    with transaction.atomic():
        held = _held(declaration, version, DeclarationState.DECLARED)
        refuse_cut_short(held)
        if held.declared_by == who.by:
            raise Conflict(SAME_PERSON)
        held.state, held.checked_at, held.checked_by = DeclarationState.CHECKED, who.at, who.by
        _save(held)
        award = awarding.keep(
            held, by=who.by, at=who.at, on=who.on, why="Declared and checked again"
        )
        faults.at("payment.check-kept")
        _tell("declaration.check", held, who, award=award.pk, pence=award.amount_pence)
    return award


def return_(declaration: Declaration, *, reason: str, version: int, who: Who) -> Declaration:
    """Give a declaration back to be corrected, with the reason; also one that was checked.

    Nothing more is paid by it until it is checked again.

    Raises
    ------
    Conflict
        If it is being written, or was changed meanwhile.
    """
    with transaction.atomic():
        alone_with_money(declaration.partnership.programme_id)
        held = _held(declaration, version, DeclarationState.DECLARED, DeclarationState.CHECKED)
        refuse_cut_short(held)
        held.state, held.declared_at, held.declared_by = DeclarationState.STARTED, None, ""
        held.declared_name, held.checked_at, held.checked_by = "", None, ""
        held.returned_at, held.returned_by, held.returned_reason = who.at, who.by, reason
        held.reminded_at, held.lapses_on = None, None
        _save(held)
        letters.write(telling.returned(held), by=who.by, at=who.at, place=who.place)
        _tell("declaration.return", held, who, reason=reason)
    return held


def strike_day(day: DeclaredDay, *, reason: str, version: int, who: Who) -> KeptAward | None:
    """Strike out a day that was not shown; the award of a checked declaration follows at once.

    Raises
    ------
    Conflict
        If it is being written, was changed meanwhile, or the day is struck out already.
    """
    with transaction.atomic():
        held = _held(day.declaration, version, DeclarationState.DECLARED, DeclarationState.CHECKED)
        found = held.days.filter(pk=day.pk, struck_at__isnull=True)
        if not found.update(struck_at=who.at, struck_by=who.by, struck_reason=reason):
            raise Conflict(CHANGED)
        _save(held)
        award = None
        if held.state == DeclarationState.CHECKED:
            award = awarding.keep(held, by=who.by, at=who.at, on=who.on, why=reason)
        _tell("declaration.strike_day", held, who, reason=reason, on=day.on.isoformat())
    return award


def work_out_again(declaration: Declaration, *, why: str, version: int, who: Who) -> KeptAward:
    """Work the award of a checked declaration out anew, such as after a day turned out otherwise.

    Raises
    ------
    Conflict
        If it is not checked, was changed meanwhile, or the same person declared it.
    """
    with transaction.atomic():
        held = _held(declaration, version, DeclarationState.CHECKED)
        if held.declared_by == who.by:
            raise Conflict(SAME_PERSON)
        award = awarding.keep(held, by=who.by, at=who.at, on=who.on, why=why)
        _save(held)
        _tell("declaration.work_out", held, who, reason=why, award=award.pk,
              pence=award.amount_pence)  # fmt: skip
    return award


def _held(declaration: Declaration, version: int, *states: DeclarationState) -> Declaration:
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("partnership")
    held = rows.get(pk=declaration.pk)
    is_lapsed = held.state == DeclarationState.LAPSED and DeclarationState.LAPSED not in states
    if is_lapsed and held.lapsed_at is not None:
        raise Conflict(LAPSED.format(day=in_words(timezone.localdate(held.lapsed_at))))
    if held.version != version or held.state not in states:
        raise Conflict(CHANGED)
    return held


def _held_to_write(
    declaration: Declaration, version: int
) -> tuple[Declaration, Facts, datetime.date]:
    """Hold what is being written, with the day it falls due; nobody writes while it rests."""
    held = _held(declaration, version, DeclarationState.STARTED)
    _refuse_while_resting(held.partnership)
    facts, milestone = milestone_of(held.partnership_id, held.side, held.milestone)
    return held, facts, milestone.due_on


def _refuse_while_resting(first: Partnership) -> None:
    """Refuse while a partnership rests, in its first year or in a further one."""
    for pk in queries.years_of(first):
        refuse_while_resting(pk)


def _save(held: Declaration) -> None:
    held.version += 1
    held.save()


def _tell(action: str, one: Declaration, who: Who, *, reason: str = "", **details: Any) -> None:
    audit.record(
        by=who.by, organisation=who.organisation, at=who.at, action=action, place=who.place,
        reason=reason, subject=f"declaration:{one.pk}",
        details={"partnership": one.partnership_id, "side": one.side, "milestone": one.milestone,
                 **details},
    )  # fmt: skip
