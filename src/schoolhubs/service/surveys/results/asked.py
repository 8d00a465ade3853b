"""Finds what a results page is asked for: the survey, its scores, the group, the other side."""

import datetime
import uuid

from django.http import Http404, HttpRequest

from schoolhubs import diagnosis
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.models import KeptScores, Respondents, Survey
from schoolhubs.service.surveys.results import told
from schoolhubs.service.surveys.results.told import Seen, SidesScored
from schoolhubs.service.surveys.scores import scoring

NOT_A_GROUP = "Choose one of the groups that are listed"


def school_read(
    request: HttpRequest, urn: str, *, how: str = "looked"
) -> tuple[RegisterSnapshot, School]:
    """Give a school whose results the actor may see; another's is as if it were not there."""
    actor = request.actor  # type: ignore[attr-defined]
    refuse_others(actor, is_own=reach.may_see(request, urn, how=how))
    return school_of(urn)


def school_of(urn: str) -> tuple[RegisterSnapshot, School]:
    """Give a school of the register in use."""
    snapshot = current_snapshot()
    school = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if snapshot is None or school is None:
        raise Http404
    return snapshot, school


def survey_or_404(urn: str, survey_key: uuid.UUID) -> Survey:
    """Give one survey of a school."""
    survey = queries.survey_of_school(urn, survey_key)
    if survey is None:
        raise Http404
    return survey


def seen(survey: Survey, kept: KeptScores, group: str = "") -> Seen:
    """Give scores with those of the wave before, for a group that may be shown.

    Parameters
    ----------
    group
        A column and a label, such as ``year_group:7``; blank for everybody.

    Raises
    ------
    ValueError
        If no such group is offered.
    """
    found, before = scoring.read(kept), scoring.wave_before(survey)
    cut, _, label = group.partition(":") if group else ("all", "", "all")
    if (cut, label) not in told.groups(found):
        raise ValueError(NOT_A_GROUP)
    wave = "+".join(each.wave for each in queries.waves_of(survey))
    is_comparable = before is not None and "+" not in wave
    earlier = scoring.read(before) if before and is_comparable else None
    return Seen(
        instrument=queries.instrument_of(survey), wave=wave, scores=found,
        before=earlier if earlier and not earlier.scores.is_empty() else None,
        before_wave=before.survey.wave if before else "", cut=cut, label=label,
    )  # fmt: skip


def sides(survey: Survey, kept: KeptScores) -> SidesScored | None:
    """Set staff and pupils of the survey's wave side by side; None until both are scored.

    Of two questionnaires of pupils the usual one counts, whichever was scored first.
    """
    other = {Respondents.PUPILS: Respondents.STAFF, Respondents.STAFF: Respondents.PUPILS}
    held = KeptScores.objects.filter(
        survey__urn=survey.urn, survey__wave=survey.wave,
        survey__respondents=other[Respondents(survey.respondents)],
    ).order_by("survey__instrument_id").first()  # fmt: skip
    if held is None:
        return None
    mine, theirs = scoring.read(kept), scoring.read(held)
    staff, pupils = (mine, theirs) if mine.respondents == "staff" else (theirs, mine)
    gaps = diagnosis.scoring.gap(staff.scores, pupils.scores)
    return None if gaps.is_empty() else SidesScored(staff=staff, pupils=pupils, gaps=gaps)


def overdue(survey: Survey, *, on: datetime.date) -> bool:
    """Tell whether what pupils wrote waits for longer than one school day."""
    since = survey.texts_wait_since
    return since is not None and on > next_school_day(since)


def next_school_day(day: datetime.date) -> datetime.date:
    """Give the next day from Monday to Friday: holidays of a school are not known here.

    >>> next_school_day(datetime.date(2026, 11, 20))
    datetime.date(2026, 11, 23)
    """
    ahead = {4: 3, 5: 2}.get(day.weekday(), 1)
    return day + datetime.timedelta(days=ahead)
