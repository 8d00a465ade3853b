"""Keys of programs, the answers kept for repeated requests, and requests counted by the minute."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.history.keeping import with_history, written_once


@with_history(without=("secret_hash", "last_used_at"))
class ApiKey(models.Model):
    """A program's key for one organisation; of its secret only a digest is kept.

    ``prefix`` is the public part, by which people and the audit log name the key.
    """

    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    expires_on = models.DateField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(blank=True)
    ended_reason = models.TextField(blank=True)

    class Meta:
        """Newest first; an ended key says by whom and why."""

        ordering = ("-made_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by="", ended_reason="")
                | models.Q(ended_at__isnull=False) & ~models.Q(ended_by="")
                & ~models.Q(ended_reason=""),
                name="an_ended_key_says_by_whom_and_why",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"


@written_once
class KeptAnswer(models.Model):
    """The answer to a request that changed something, for the program that asks it again.

    ``fingerprint`` is a digest of what was asked: the same key with another request is refused.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    idempotency_key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        """One answer a key and request."""

        constraints = (
            models.UniqueConstraint(fields=("key", "idempotency_key"), name="one_kept_answer"),
        )
        indexes = (models.Index(fields=("at",), name="kept_answer_at"),)


class CountedRequests(models.Model):
    """How many requests somebody made in one stretch of time; ``who`` is a key or a digest."""

    who = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    n = models.PositiveIntegerField()

    class Meta:
        """One row for each of them and each stretch."""

        constraints = (
            models.UniqueConstraint(fields=("who", "began_at"), name="one_count_a_stretch"),
        )
        indexes = (models.Index(fields=("began_at",), name="counted_requests_began"),)
