"""What the pages of a survey in progress need: whose it is, how far, how many answered."""

import dataclasses
import uuid

from django.http import HttpRequest

from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.programmes.queries import programme
from schoolhubs.service.schools.models import School
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.models import Invitation, State, Survey
from schoolhubs.service.surveys.results.asked import school_of, survey_or_404
from schoolhubs.service.surveys.sealing import keys
from schoolhubs.vocabulary.words import counted

ROUNDED_TO = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many answered, no finer than may be told while a survey is open.

    ``said`` is a sentence; ``n_asked`` is 0 where it is not known who was asked.
    """

    is_enough: bool
    said: str
    n_asked: int


def school_made(request: HttpRequest, urn: str) -> School:
    """Give a school of which the actor sets up surveys; another's is as if it were not there."""
    actor = request.actor  # type: ignore[attr-defined]
    refuse_others(actor, is_own=reach.may_make(actor, urn))
    return school_of(urn)[1]


def made(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> tuple[School, Survey]:
    """Give the school and one survey of it."""
    return school_made(request, urn), survey_or_404(urn, survey_key)


def progress(survey: Survey) -> Progress:
    """Say how many answered: whether it is enough, and then rounded down to fives.

    A finer count would tell, watched for a while, when somebody answered.
    """
    return progress_of(
        queries.n_answers(survey), least=survey.least_answers, respondents=survey.respondents,
        n_asked=sum(int(each["n_asked"]) for each in survey.asked),
    )  # fmt: skip


def progress_of(n: int, *, least: int, n_asked: int, respondents: str) -> Progress:
    """Say how many of those asked answered, as :func:`progress` does.

    >>> progress_of(17, least=10, n_asked=40, respondents="pupils").said
    'At least 15 of 40 pupils have answered so far.'
    """
    of = f" of {n_asked:,}" if n_asked else ""
    if n < least:
        said = f"Fewer than {least}{of} {respondents} have answered so far."
        return Progress(is_enough=False, said=said, n_asked=n_asked)
    rounded = n - n % ROUNDED_TO
    said = f"At least {rounded:,}{of} {respondents} have answered so far."
    return Progress(is_enough=True, said=said, n_asked=n_asked)


def has_codes(survey: Survey) -> bool:
    """Tell whether codes were made for a survey, also where every link of an open one is used."""
    return survey.state == State.OPEN or Invitation.objects.filter(survey=survey).exists()


def is_stuck(survey: Survey) -> bool:
    """Tell whether nobody could open what is answered: its key is gone, or of another secret."""
    return survey.state in {State.MADE, State.OPEN} and not keys.is_readable(survey.pk)


def state_said(survey: Survey) -> str:
    """Say how far a survey is, in a word or two."""
    return str(State(survey.state).label)


def programme_said(programme_id: str) -> str:
    """Name the programme in whose partnership a survey is made."""
    found = programme(programme_id) if programme_id else None
    return found.title if found else programme_id or "None: the school asks on its own account"


def asked_said(survey: Survey) -> str:
    """Say how many are asked."""
    n = sum(int(each["n_asked"]) for each in survey.asked)
    return counted(n, "person", "people") if n else "Not entered yet"
