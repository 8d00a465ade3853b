"""The outbox: each letter with how far it is, written with the thing it tells of."""

from django.db import models

from schoolhubs.service.history.keeping import with_history


class State(models.TextChoices):
    """How far a letter is."""

    WAITING = "waiting", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Stopped"
    NOBODY = "nobody", "Nobody to send it to"


UNFINISHED = (State.WAITING, State.SENDING)


# Events keep neither: addresses are forgotten in time, and no event could be.
@with_history(without=("to", "facts"))
class Letter(models.Model):
    """One letter to one address.

    ``reference`` is ours and unique, and goes to GOV.UK Notify with the letter: by it Notify says
    whether it took a letter that was cut off. ``may_be_out`` is set before a letter leaves, and
    taken back only where Notify said that it did not take it: such a letter is asked after before
    it is sent again. ``fault`` says in words what stopped the last try, and names no address.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=120)
    organisation = models.CharField(max_length=80)
    to = models.TextField(blank=True)
    facts = models.JSONField()
    path = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reference = models.UUIDField(unique=True)
    notify_id = models.CharField(max_length=60, blank=True)
    may_be_out = models.BooleanField(default=False)
    n_tries = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by = models.TextField()
    place = models.TextField()
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        """Written once to an address; what is sent says when and under which id."""

        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "about", "organisation", "to"),
                condition=models.Q(forgotten_at__isnull=True),
                name="one_letter_an_occasion",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.SENT, sent_at__isnull=False)
                & ~models.Q(notify_id="")
                | ~models.Q(state=State.SENT) & models.Q(sent_at__isnull=True, notify_id=""),
                name="a_sent_letter_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(to="")
                & (models.Q(state=State.NOBODY) | models.Q(forgotten_at__isnull=False))
                | ~models.Q(to="")
                & models.Q(forgotten_at__isnull=True)
                & ~models.Q(state=State.NOBODY),
                name="a_letter_has_an_address",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.FAILED) | ~models.Q(fault=""),
                name="a_stopped_letter_says_why",
            ),
        )
        indexes = (
            models.Index(
                fields=("organisation", "id"),
                condition=models.Q(state__in=("waiting", "sending")),
                name="letter_unfinished",
            ),
            models.Index(fields=("state", "kind", "-id"), name="letter_listed"),
            models.Index(fields=("organisation", "-id"), name="letter_organisation"),
            models.Index(fields=("about",), name="letter_about"),
        )

    @property
    def may_be_tried_again(self) -> bool:
        """It was stopped, or had nobody to go to."""
        return self.state in (State.FAILED, State.NOBODY) and self.forgotten_at is None
