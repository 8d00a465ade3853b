"""Who came is counted on the day, the event is over, and those who came say what it was worth."""

import datetime
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import steps
from schoolhubs.service.events.models import Event, EventState, Feedback, Party
from schoolhubs.vocabulary.errors import Conflict


def check_in(
    event: Event,
    came: Mapping[int, int],
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    on: datetime.date,
    place: str,
) -> Event:
    """Write down how many came from each school; it can be put right afterwards.

    Parameters
    ----------
    came
        People by the number of the school's place; 0 for a school of which nobody came.
    on
        The day it is written down: the event's or a later one.

    Raises
    ------
    Conflict
        If the day has not come, the event was called off, or a school has no place at it.
    """
    with transaction.atomic():
        held = steps.lock(event.pk)
        if held.state not in {EventState.OPEN, EventState.CLOSED, EventState.HELD}:
            raise Conflict("This event does not take place, so nobody was written down.")
        if on < held.on:
            raise Conflict("The day has not come, so nobody was written down.")
        parties = {
            each.pk: each
            for each in Party.objects.filter(event=held, stands="takes", booking__state="booked")
        }
        if set(came) != set(parties):
            raise Conflict("The list of those who have places changed meanwhile. Look again.")
        for pk, n_came in came.items():
            party = parties[pk]
            if party.n_came != n_came:
                party.n_came, party.checked_in_at, party.checked_in_by = n_came, at, by
                party.save(update_fields=["n_came", "checked_in_at", "checked_in_by"])
        held.state, held.changed_at = EventState.HELD, at
        held.save(update_fields=["state", "changed_at"])
        audit.record(
            by=by, organisation=organisation, at=at, action="event.check-in", place=place,
            subject=f"event:{held.pk}",
            details={"schools": sum(n > 0 for n in came.values()), "people": sum(came.values())},
        )  # fmt: skip
    return held


def say(
    parties: Sequence[Party],
    *,
    useful: int,
    will_try: bool,
    words: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Keep what schools that came made of an event; a school says it once.

    Raises
    ------
    Conflict
        If it was said already.
    """
    try:
        with transaction.atomic():
            for party in parties:
                Feedback.objects.create(
                    party=party, useful=useful, will_try=will_try, words=words, made_at=at,
                    made_by=by, organisation=organisation,
                )  # fmt: skip
            audit.record(
                by=by, organisation=organisation, at=at, action="event.feedback", place=place,
                subject=f"event:{parties[0].event_id}", details={"schools": len(parties)},
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("Your school said so already. Nothing was changed.") from error
