"""Surveys, and answers that nobody can trace: sealed while a survey is open, shuffled at its end.

No row here says who answered or when. Answers have neither history nor audit entries; no row of
theirs ever changes, and triggers of the database hold all of that as well (see the migrations).
"""

import uuid

from django.db import models

from schoolhubs.service.history.keeping import with_history, written_once


class State(models.TextChoices):
    """How far a survey is."""

    MADE = "made", "Not open yet"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn before it opened"
    ERASED = "erased", "Closed, its answers erased"


class Route(models.TextChoices):
    """How people come to a survey."""

    CLASS_CODES = "class_codes", "A code for each class"
    ONE_TIME_LINKS = "one_time_links", "A link for each person, good once"


class Respondents(models.TextChoices):
    """Who answers."""

    PUPILS = "pupils", "Pupils"
    STAFF = "staff", "Staff"


# Fixed when a survey is made; the database refuses to change any of it ever after.
FIXED = (
    "key", "urn", "programme_id", "instrument_id", "instrument_version", "fingerprint",
    "respondents", "wave", "is_anonymous", "route", "is_supported", "least_answers", "groups",
    "asks_text", "pooled_with_id", "lock",
)  # fmt: skip


@with_history(without=("safeguarding_lead",))
class Survey(models.Model):
    """One survey of one school and wave.

    ``groups`` names the group columns it asks (``year_group``, ``fsm``, ``sex``, ``role``); each
    can be skipped. ``asked`` has who was asked, a list of group labels with ``n_asked``, as
    frames.SURVEY_POPULATION without the URN. ``least_answers`` is the number under which nothing is
    shown. ``lock`` is the public half, in hexadecimal digits, of the key answers are sealed with;
    the other half lies in the data folder until the survey is closed. ``is_unsealed`` says that
    answers were opened and shuffled, which happens once. ``pooled_with`` is an earlier wave of
    which too few answered to show anything: the two are scored as one. ``is_supported`` says that
    an adult may read the questions out. ``safeguarding_lead`` is the subject of the person who
    reads what pupils write; without one pupils are not asked to write. ``texts_ready_on`` is the
    last day on which such words were made readable, ``texts_read_on`` when they were last read,
    ``texts_wait_since`` the first day since then on which any were made readable: None while the
    lead has looked at all. Whether anybody wrote is not to be told from any of the three.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    urn = models.CharField(max_length=6)
    programme_id = models.CharField(max_length=60, blank=True)
    instrument_id = models.CharField(max_length=60)
    instrument_version = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=12)
    respondents = models.CharField(max_length=10, choices=Respondents.choices)
    wave = models.CharField(max_length=7)
    is_anonymous = models.BooleanField(default=True)
    route = models.CharField(max_length=20, choices=Route.choices)
    is_supported = models.BooleanField(default=False)
    least_answers = models.PositiveIntegerField()
    groups = models.JSONField(default=list)
    asked = models.JSONField(default=list)
    asks_text = models.BooleanField(default=False)
    safeguarding_lead = models.TextField(blank=True)
    pooled_with = models.OneToOneField("self", null=True, on_delete=models.PROTECT)
    lock = models.CharField(max_length=64)
    opens_on = models.DateField()
    closes_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.MADE)
    is_unsealed = models.BooleanField(default=False)
    texts_ready_on = models.DateField(null=True)
    texts_read_on = models.DateField(null=True)
    texts_wait_since = models.DateField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    organisation = models.TextField()
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Anonymous always; pupils write only where somebody is named to read it."""

        ordering = ("-wave", "respondents", "key")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(is_anonymous=True), name="surveys_are_anonymous"
            ),
            models.CheckConstraint(
                condition=models.Q(asks_text=False)
                | models.Q(respondents="staff")
                | ~models.Q(safeguarding_lead=""),
                name="pupils_write_only_to_a_safeguarding_lead",
            ),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")),
                name="a_survey_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(respondents="pupils", least_answers__gte=10)
                | models.Q(respondents="staff", least_answers__gte=8),
                name="a_survey_hides_small_groups",
            ),
            models.UniqueConstraint(
                fields=("urn", "instrument_id", "wave"), condition=~models.Q(state="withdrawn"),
                name="one_survey_of_an_instrument_and_wave",
            ),
        )  # fmt: skip


@written_once
class Invitation(models.Model):
    """What lets somebody in: a keyed hash of a class code, or of a link that is good once.

    A link that was used is deleted in the transaction of its answer: no mark of it stays, no time
    and no order. Nothing here says who was given it.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)


class Sealed(models.Model):
    """A box of one size, closed with a survey's lock; until the end nobody can look into it.

    ``key`` is made of the form that was sent, so that a form that is sent twice counts once. It is
    thrown away with the box.
    """

    key = models.UUIDField(primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    box = models.BinaryField()

    class Meta:
        """It is made into tables of its own."""

        abstract = True


@written_once
class SealedAnswer(Sealed):
    """All that one person answered, while the survey is open."""


@written_once
class SealedText(Sealed):
    """What one person wrote; a box also where nothing was written, so that it tells nothing."""


@written_once
class SurveyAnswer(models.Model):
    """What one person answered, after the end: under a new random key, with no other column.

    ``points`` has the chosen point of each item by name, 1 being the first; items that were left
    out are not in it. ``groups`` has what they said of themselves; what they skipped is not in it.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=3)
    groups = models.JSONField(default=dict)
    points = models.JSONField(default=dict)


@written_once
class SurveyText(models.Model):
    """What somebody wrote, under a key of its own: no answer and no role belongs to it."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="+")
    words = models.TextField()


@written_once
class KeptScores(models.Model):
    """What a closed survey was scored to, once: it stays when the answers are erased.

    ``record`` has the tables of records.SurveyScores by name, each a list of rows, with its
    warnings; ``releases`` what was told of the school so far, for the next wave.
    """

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, primary_key=True)
    record = models.JSONField()
    releases = models.JSONField(default=list)
    made_at = models.DateTimeField()
