"""Declarations that nobody makes: reminded of once, lapsed then, and opened again by the office."""

import datetime
from collections.abc import Sequence

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import telling
from schoolhubs.service.funding.awarding.facts import Facts
from schoolhubs.service.funding.declaring import actions, places
from schoolhubs.service.funding.declaring.actions import Who
from schoolhubs.service.funding.declaring.due import OF_THE_SERVICE, Open, open_on
from schoolhubs.service.funding.models import Declaration, DeclarationState, KeptAward
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.queries import addresses_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict


def lapse_due(*, on: datetime.date, at: datetime.datetime, place: str) -> tuple[int, int]:
    """Remind of what lapses soon, and let lapse what was reminded of and is past its last day.

    What was checked once is settled by people: it never lapses.

    Returns
    -------
    tuple of int
        Reminded of, and lapsed.
    """
    who = Who(by=OF_THE_SERVICE, organisation="", at=at, place=place)
    found = [each for each in open_on(on) if each.facts.money.declare_within_days is not None]
    settled = _checked_once(found)
    n_reminded = n_lapsed = 0
    for each in found:
        if each.declaration is not None and each.declaration.pk in settled:
            continue
        last_on, reminds_on = _days_of(each)
        made = each.declaration
        if made is not None and made.reminded_at is not None:
            if on > last_on:
                n_lapsed += _lapse(made, each, who)
        elif on >= reminds_on:
            n_reminded += _remind(each, last_on, on, who)
    return n_reminded, n_lapsed


def _checked_once(found: Sequence[Open]) -> set[int]:
    ids = [each.declaration.pk for each in found if each.declaration is not None]
    rows = KeptAward.objects.filter(declaration__in=ids)
    return set(rows.values_list("declaration", flat=True))


def _days_of(one: Open) -> tuple[datetime.date, datetime.date]:
    """Give the last day to declare, and the day from which its side is reminded of it."""
    money = one.facts.money
    last_on = one.by + datetime.timedelta(days=money.declare_within_days or 0)
    if one.declaration is not None and one.declaration.lapses_on is not None:
        last_on = max(last_on, one.declaration.lapses_on)
    return last_on, last_on - datetime.timedelta(days=money.declare_reminder_days)


def _remind(one: Open, last_on: datetime.date, on: datetime.date, who: Who) -> int:
    """Remind a side; one in which nobody can be written to is not, so nothing of it lapses."""
    name, days = one.milestone.milestone, one.facts.money.declare_reminder_days
    try:
        with transaction.atomic():
            begun = actions.begin(one.facts.partnership, side=one.side, milestone=name, who=who)
            held = _held(begun)
            lapses_on = max(last_on, on + datetime.timedelta(days=days))
            facts = {"by": day(lapses_on), "on": one.last_on}
            drafts = telling.lapsing("declaration_lapses", held, facts)
            if not any(addresses_of(drafts)):
                # It stands in the office's list of letters with nobody to go to, once.
                letters.write(drafts, by=who.by, at=who.at, place=who.place)
                return 0
            held.reminded_at, held.lapses_on = who.at, lapses_on
            _save(held)
            drafts = telling.lapsing("declaration_lapses", held, facts)
            letters.write(drafts, by=who.by, at=who.at, place=who.place)
            _tell("declaration.remind", held, who, by=held.lapses_on.isoformat())
    except Conflict:
        return 0  # somebody declared it, or let it rest, at the same moment
    return 1


def _lapse(declaration: Declaration, one: Open, who: Who) -> int:
    try:
        with transaction.atomic():
            held = _held(declaration)
            held.state, held.lapsed_at = DeclarationState.LAPSED, who.at
            _save(held)
            _hand_on(held, one)
            drafts = telling.lapsing("declaration_lapsed", held, {"on": one.last_on})
            letters.write(drafts, by=who.by, at=who.at, place=who.place)
            _tell("declaration.lapse", held, who)
    except Conflict:
        return 0
    return 1


def _hand_on(lapsed: Declaration, one: Open) -> None:
    """Bring the days typed for what lapses into the next declaration that is being written."""
    ours = {name: each for (side, name), each in one.facts.declarations.items() if side == one.side}
    later = [each for each in one.facts.milestones(one.side)
             if each.due_on > one.milestone.due_on]  # fmt: skip
    for milestone in later:
        found = ours.get(milestone.milestone)
        if found is not None and found.state == DeclarationState.STARTED:
            held = _held(found)
            if places.copy_days([lapsed], held, ours.values(), before=milestone.due_on):
                _save(held)
            return


def _leave_what_was_taken(held: Declaration, facts: Facts) -> None:
    """Take out of what is opened again the days that another declaration holds by now."""
    ours = [each for (side, _), each in facts.declarations.items() if side == held.side]
    taken = places.held_by([each for each in ours if each != held])
    for each in held.days.all():
        if places.typed(each) in taken:
            each.delete()


def reopen(
    declaration: Declaration, facts: Facts, *, reason: str, version: int, who: Who
) -> Declaration:
    """Open a lapsed declaration again, with the reason; it can be declared as long as at first.

    Days that a later declaration took over stay there, and count once.

    Raises
    ------
    Conflict
        If it did not lapse, or was changed meanwhile.
    """
    with transaction.atomic():
        held = _held(declaration, DeclarationState.LAPSED)
        if held.version != version:
            raise Conflict(actions.CHANGED)
        held.state, held.reminded_at = DeclarationState.STARTED, None
        held.lapses_on = who.on + datetime.timedelta(days=facts.money.declare_within_days or 0)
        held.reopened_at, held.reopened_by, held.reopened_reason = who.at, who.by, reason
        _save(held)
        _leave_what_was_taken(held, facts)
        drafts = telling.lapsing(
            "declaration_reopened", held, {"reason": reason, "by": day(held.lapses_on)}
        )
        letters.write(drafts, by=who.by, at=who.at, place=who.place)
        _tell("declaration.reopen", held, who, reason=reason)
    return held


def _held(
    declaration: Declaration, state: DeclarationState = DeclarationState.STARTED
) -> Declaration:
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("partnership")
    held = rows.get(pk=declaration.pk)
    if held.state != state:
        raise Conflict(actions.CHANGED)
    return held


def _save(held: Declaration) -> None:
    held.version += 1
    held.save()


def _tell(action: str, one: Declaration, who: Who, *, reason: str = "", **details: str) -> None:
    audit.record(
        by=who.by, organisation=who.organisation, at=who.at, action=action, place=who.place,
        reason=reason, subject=f"declaration:{one.pk}",
        details={"partnership": one.partnership_id, "side": one.side, "milestone": one.milestone,
                 **details},
    )  # fmt: skip
