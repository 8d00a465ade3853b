"""Open days and networking events, who has booked or waits, and each thing that happened to places.

The database counts the places that are taken by itself, so that no program can sell one twice.
"""

import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from schoolhubs import delivery
from schoolhubs.service.history.keeping import with_history, written_once
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.delivery import EventKind

MOST_PLACES = 500
KINDS = [(EventKind.OPEN_DAY.value, "Open day"), (EventKind.NETWORKING.value, "Networking event")]

STEPS = [(each.value, each.value) for each in delivery.events.StepKind]


class EventState(models.TextChoices):
    """How far an event is."""

    DRAFT = "draft", "Being prepared"
    OPEN = "open", "Open for booking"
    CLOSED = "closed", "Booking is closed"
    HELD = "held", "Took place"
    CANCELLED = "cancelled", "Called off"


class BookingState(models.TextChoices):
    """How far a booking is; held and booked ones take places."""

    HELD = "held", "Places held"
    BOOKED = "booked", "Booked"
    WAITING = "waiting", "On the waiting list"
    LAPSED = "lapsed", "Not finished in time"
    CANCELLED = "cancelled", "Cancelled"
    OVER = "over", "No places came free"


TAKES = (BookingState.HELD, BookingState.BOOKED)
STANDS = (*TAKES, BookingState.WAITING)


@with_history(without=("n_taken", "key"))
class Event(models.Model):
    """One open day or networking event of a hub.

    ``n_taken`` is counted by the database from the bookings, and never more than ``n_places``.
    ``phases`` names those it is for; none is for all. ``key`` comes from the form, so that a form
    sent twice prepares one event.
    """

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT)
    key = models.UUIDField(null=True, unique=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.DRAFT)
    place_urn = models.CharField(max_length=6)
    place = models.TextField(blank=True)
    on = models.DateField()
    starts_at = models.TimeField()
    finishes_at = models.TimeField()
    term_starts_on = models.DateField()
    phases = ArrayField(models.CharField(max_length=40), default=list)
    about = models.TextField()
    access = models.TextField(blank=True)
    n_places = models.PositiveSmallIntegerField()
    n_taken = models.PositiveSmallIntegerField(default=0)
    closes_on = models.DateField()
    why_cancelled = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Never oversold, whoever writes the row."""

        ordering = ("on", "starts_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(n_taken__lte=models.F("n_places")),
                name="an_event_is_never_oversold",
            ),
            models.CheckConstraint(
                condition=models.Q(n_places__gt=0, n_places__lte=MOST_PLACES),
                name="an_event_has_places",
            ),
            models.CheckConstraint(
                condition=models.Q(finishes_at__gt=models.F("starts_at")),
                name="an_event_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(closes_on__lte=models.F("on")),
                name="booking_closes_by_the_event",
            ),
            models.CheckConstraint(
                condition=models.Q(state="cancelled") & ~models.Q(why_cancelled="")
                | ~models.Q(state="cancelled") & models.Q(why_cancelled=""),
                name="an_event_called_off_says_why",
            ),
        )
        indexes = (models.Index(fields=("hub", "kind", "on"), name="event_of_hub"),)
        triggers = (
            pgtrigger.ReadOnly(
                name="stays_of_its_hub", fields=["hub", "kind", "made_at", "made_by"]
            ),
            pgtrigger.Trigger(
                name="counts_for_itself", when=pgtrigger.Before, operation=pgtrigger.Update,
                func="""
                    IF NEW.n_taken <> OLD.n_taken AND pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'places taken are counted from the bookings alone'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )  # fmt: skip

    @property
    def n_free(self) -> int:
        """Places that nobody has booked or holds."""
        return self.n_places - self.n_taken

    @property
    def starts(self) -> datetime.datetime:
        """The moment it starts, on the clocks of England."""
        return timezone.make_aware(datetime.datetime.combine(self.on, self.starts_at))

    @property
    def finishes(self) -> datetime.datetime:
        """The moment it finishes, on the clocks of England."""
        return timezone.make_aware(datetime.datetime.combine(self.on, self.finishes_at))

    def has_begun(self, at: datetime.datetime) -> bool:
        """Tell whether it has begun: from then on nothing is booked, changed or taken back."""
        return at >= self.starts

    def is_open_on(self, on: datetime.date) -> bool:
        """Tell whether it can be booked on a day."""
        return self.state == EventState.OPEN and on <= self.closes_on


@with_history(without=("access_needs",))
class Booking(models.Model):
    """One party for one event: of one school, or of several of a trust; whole or not at all.

    ``key`` comes from the form, so that a form sent twice books once. ``in_line`` is its place in
    the order of those who waited. ``why_more`` says why an office let it book beside the rules.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    key = models.UUIDField(unique=True)
    organisation = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=BookingState.choices)
    n_people = models.PositiveSmallIntegerField()
    roles = models.TextField(blank=True)
    access_needs = models.TextField(blank=True)
    hold_until = models.DateTimeField(null=True)
    in_line = models.PositiveIntegerField(null=True)
    why_more = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    booked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(blank=True)
    settled_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """A hold has its end, a booking its moment, a place in line its number."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(n_people__gt=0), name="a_party_has_somebody_in_it"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="held") | models.Q(hold_until__isnull=False),
                name="a_hold_has_an_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="booked") | models.Q(booked_at__isnull=False),
                name="a_booking_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(in_line__isnull=False),
                name="waiting_is_in_an_order",
            ),
            models.UniqueConstraint(fields=("event", "in_line"), name="one_a_place_in_line"),
        )
        triggers = (
            pgtrigger.ReadOnly(name="stays_of_its_event", fields=["event", "key", "made_at"]),
            pgtrigger.Trigger(
                name="counts_places", when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP <> 'INSERT' AND OLD.state IN ('held', 'booked') THEN
                        IF TG_OP = 'UPDATE' AND NEW.state IN ('held', 'booked')
                            AND NEW.event_id = OLD.event_id AND NEW.n_people = OLD.n_people THEN
                            RETURN NULL;
                        END IF;
                        UPDATE events_event SET n_taken = n_taken - OLD.n_people
                            WHERE id = OLD.event_id;
                    END IF;
                    IF TG_OP <> 'DELETE' AND NEW.state IN ('held', 'booked') THEN
                        UPDATE events_event SET n_taken = n_taken + NEW.n_people
                            WHERE id = NEW.event_id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        )  # fmt: skip

    @property
    def takes(self) -> bool:
        """It takes places: they are held, or booked."""
        return self.state in TAKES

    @property
    def stands(self) -> bool:
        """It takes places, or waits for some."""
        return self.state in STANDS

    @property
    def together(self) -> "list[Party]":
        """Its schools, without those that were taken out of the party."""
        return [each for each in self.parties.all() if each.out_at is None]


class PartyStands(models.TextChoices):
    """Whether a school of a booking has its places, waits for them, or neither."""

    TAKES = "takes", "Has places"
    WAITS = "waits", "Waits"
    GONE = "gone", "Neither"


@with_history
class Party(models.Model):
    """One school of a booking.

    ``visit`` numbers the visits of a partnership in a term, as far as the programme limits them;
    nobody has the same one twice. ``n_came`` is counted on the day; None before. ``out_at`` is when
    the school took itself out while the rest of its party stayed.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="parties")
    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    urn = models.CharField(max_length=6)
    n_people = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=KINDS)
    term_starts_on = models.DateField()
    visit = models.PositiveSmallIntegerField(null=True)
    stands = models.CharField(max_length=5, choices=PartyStands.choices)
    n_came = models.PositiveSmallIntegerField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    checked_in_by = models.TextField(blank=True)
    out_at = models.DateTimeField(null=True)

    class Meta:
        """One visit is had once, and a school stands once on each event's list."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "kind", "term_starts_on", "visit"),
                condition=models.Q(stands="takes", visit__isnull=False),
                name="one_booking_a_visit_of_a_term",
            ),
            models.UniqueConstraint(
                fields=("event", "partnership"),
                condition=models.Q(stands__in=("takes", "waits")),
                name="a_school_stands_once_on_an_event",
            ),
            models.CheckConstraint(
                condition=models.Q(n_people__gt=0), name="a_school_sends_somebody"
            ),
            models.CheckConstraint(
                condition=models.Q(out_at__isnull=True) | models.Q(stands="gone"),
                name="a_school_taken_out_has_no_places",
            ),
            models.CheckConstraint(
                condition=models.Q(n_came__isnull=True)
                | models.Q(checked_in_at__isnull=False) & ~models.Q(checked_in_by=""),
                name="who_came_was_counted_by_somebody",
            ),
        )


@written_once
class Step(models.Model):
    """One thing that happened to the places of an event, in order, as a checker reads it again.

    ``lines`` is the waiting list as it stood when places were handed down it: each party, what was
    free when its turn came, whether it got them, and why not.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    kind = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in delivery.events.StepKind]
    )
    booking = models.ForeignKey(Booking, null=True, on_delete=models.PROTECT)
    n = models.PositiveSmallIntegerField(default=0)
    lines = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        """One after another."""

        ordering = ("event", "number")
        constraints = (
            models.UniqueConstraint(fields=("event", "number"), name="steps_follow_each_other"),
        )


@with_history(without=("words",))
class Feedback(models.Model):
    """What a school that came made of an event; ``organisation`` is whose person said it."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT)
    useful = models.PositiveSmallIntegerField()
    will_try = models.BooleanField()
    words = models.TextField(blank=True)
    organisation = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """From 1, not useful, to 5."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(useful__gte=1, useful__lte=5), name="useful_from_1_to_5"
            ),
        )


@with_history
class Ranking(models.Model):
    """The days of a term that a partner accepts, the one it likes best first, and how many come."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=KINDS)
    term_starts_on = models.DateField()
    choices = ArrayField(models.PositiveIntegerField())
    n_people = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        """One a partner and term."""

        constraints = (
            models.UniqueConstraint(
                fields=("partnership", "kind", "term_starts_on"), name="one_ranking_a_term"
            ),
            models.CheckConstraint(
                condition=models.Q(n_people__gt=0), name="a_ranking_is_for_somebody"
            ),
        )


@with_history
class SharedOut(models.Model):
    """A term's places as they were shared out: what went in, who got what, why, and the lottery."""

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=KINDS)
    term_starts_on = models.DateField()
    seed = models.PositiveIntegerField()
    record = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    published_at = models.DateTimeField(null=True)
    published_by = models.TextField(blank=True)

    class Meta:
        """Published by somebody."""

        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True) | ~models.Q(published_by=""),
                name="places_shared_out_were_published_by_somebody",
            ),
        )
