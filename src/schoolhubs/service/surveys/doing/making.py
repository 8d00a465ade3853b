"""Makes a survey, gives out its codes, opens, amends or withdraws it."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.doing.changing import change
from schoolhubs.service.surveys.models import Invitation, Respondents, State, Survey
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.surveys.sealing import codes, keys
from schoolhubs.vocabulary.errors import Conflict, UsageError
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

# What stands in the way of a second survey of a month, by the state of the first.
TWICE = "There is a survey with this questionnaire in {month} already. Nothing was made. {what}"
INSTEAD = {
    State.MADE: "Use that one, or withdraw it and make it anew.",
    State.OPEN: "It is open: use that one.",
}
OVER = (
    "It is closed and cannot open again. The next survey with it can open on 1 {following} or "
    "later: choose such a day."
)
MADE_MEANWHILE = (
    "Codes of this survey were made since you opened that page, perhaps by loading it again. No "
    "others were made, and those are good. If they were not printed, go back, make new ones and "
    "let the old ones stop working."
)
NO_LEAD = (
    "Pupils are asked to write in their own words only where a safeguarding lead is named who "
    "reads it within one school day. Name one, or leave that question out."
)
TOO_LONG = "A survey is open for at most {weeks} weeks. Choose an earlier day on which it closes."
NOT_POOLED = (
    "The earlier wave cannot be pooled with this one: it has to be closed, of the same school and "
    "questionnaire, with too few answers to have been shown, and pooled with no other."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """All that is fixed for good when a survey is made, and its days.

    Parameters
    ----------
    instrument
        What is asked.
    wave
        Month, such as ``2026-11``.
    route
        Of :class:`models.Route`.
    asked
        Who is asked: group labels with ``n_asked``, a row a combination.
    asks_text, safeguarding_lead
        Whether people may write in their own words; who reads what pupils write.
    is_supported
        An adult may read the questions out, and does not look at the answers.
    pooled_with
        An earlier wave that had too few answers, to be scored together with this one.
    """

    instrument: Instrument
    wave: str
    route: str
    opens_on: datetime.date
    closes_on: datetime.date
    asked: Sequence[Mapping[str, Any]] = ()
    asks_text: bool = False
    safeguarding_lead: str = ""
    is_supported: bool = False
    pooled_with: uuid.UUID | None = None


def make(
    urn: str,
    design: Design,
    *,
    programme_id: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Survey:
    """Make a survey of a school; nobody can answer before it is opened.

    Raises
    ------
    UsageError
        If it would be open for too long, or asks pupils to write and names nobody to read it.
    Conflict
        If the school has one of that questionnaire and wave, or a pool is no pool.
    """
    _check(design)
    key = uuid.uuid4()
    lock = keys.make(key)
    respondents = design.instrument.respondents
    try:
        with transaction.atomic():
            _check_pool(urn, design)
            made = Survey.objects.create(
                key=key, lock=lock, urn=urn, programme_id=programme_id, wave=design.wave,
                instrument_id=design.instrument.instrument_id,
                instrument_version=design.instrument.version,
                fingerprint=design.instrument.fingerprint, respondents=respondents,
                route=design.route, is_supported=design.is_supported,
                least_answers=queries.least_answers(respondents),
                groups=list(queries.groups_asked(respondents)),
                asked=[dict(each) for each in design.asked], asks_text=design.asks_text,
                safeguarding_lead=design.safeguarding_lead, pooled_with_id=design.pooled_with,
                opens_on=design.opens_on, closes_on=design.closes_on, made_at=at, made_by=by,
                organisation=organisation,
            )  # fmt: skip
            _note(made, "survey.make", by=by, organisation=organisation, at=at, place=place)
    except IntegrityError as error:
        keys.destroy(key)
        raise Conflict(_twice(urn, design)) from error
    except BaseException:
        keys.destroy(key)
        raise
    return made


def _twice(urn: str, design: Design) -> str:
    """Say that the month has such a survey, and what can be done."""
    named = {"urn": urn, "instrument_id": design.instrument.instrument_id, "wave": design.wave}
    held = Survey.objects.filter(**named).exclude(state=State.WITHDRAWN).first()
    what = INSTEAD.get(State(held.state), "") if held else ""
    first = datetime.date.fromisoformat(f"{design.wave}-01")
    what = what or OVER.format(following=f"{month_after(design.wave):%B %Y}")
    return TWICE.format(month=f"{first:%B %Y}", what=what)


def month_after(wave: str) -> datetime.date:
    """Give the first day of the month after a wave's: a month has one survey of a questionnaire.

    >>> month_after("2026-12")
    datetime.date(2027, 1, 1)
    """
    return (datetime.date.fromisoformat(f"{wave}-01") + datetime.timedelta(days=31)).replace(day=1)


def _check(design: Design) -> None:
    weeks = rule("longest_weeks")
    if design.closes_on - design.opens_on > datetime.timedelta(weeks=weeks):
        raise UsageError(TOO_LONG.format(weeks=weeks))
    asks_pupils = design.instrument.is_for_pupils and design.asks_text
    if asks_pupils and not design.safeguarding_lead:
        raise UsageError(NO_LEAD)


def _check_pool(urn: str, design: Design) -> None:
    if design.pooled_with is None:
        return
    earlier = Survey.objects.filter(pk=design.pooled_with, urn=urn, state=State.CLOSED).first()
    is_same = (
        earlier is not None
        and earlier.wave < design.wave
        and (earlier.instrument_id, earlier.fingerprint)
        == (design.instrument.instrument_id, design.instrument.fingerprint)
    )
    if earlier is None or not is_same or not queries.is_poolable(earlier):
        raise Conflict(NOT_POOLED)


def invite(
    survey: Survey, n: int, *, by: str, organisation: str, at: datetime.datetime, place: str,
    n_sets: int | None = None, replaces: bool = False,
) -> list[str]:  # fmt: skip
    """Make codes, to be printed now: they are given once, and only their keyed hashes are kept.

    Parameters
    ----------
    n_sets
        How often codes had been made when they were asked for; None does not look.
    replaces
        Codes that were made before stop working.

    Raises
    ------
    Conflict
        If the survey is closed, or codes were made meanwhile.
    """
    with transaction.atomic():
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        if held.state not in {State.MADE, State.OPEN}:
            raise Conflict("This survey is over. No codes were made.")
        if n_sets is not None and queries.codes_made(held).n_sets != n_sets:
            raise Conflict(MADE_MEANWHILE)
        if replaces:
            Invitation.objects.filter(survey=held).delete()
        made = [codes.new_code(held.route) for _ in range(n)]
        rows = [Invitation(survey=held, code_hash=codes.code_hash(each)) for each in made]
        Invitation.objects.bulk_create(rows)
        audit.record(
            by=by, organisation=organisation, at=at, action="survey.invite",
            subject=f"survey:{held.pk}", place=place,
            details={"urn": held.urn, "n_codes": n, "replaces": replaces},
        )  # fmt: skip
    return made


def open_(
    survey: Survey, *, version: int, by: str, organisation: str, at: datetime.datetime, place: str
) -> Survey:
    """Open a survey: whoever has a code can answer from its first day on.

    Raises
    ------
    Conflict
        If it changed meanwhile, or was opened before.
    """
    with transaction.atomic():
        opened = change(survey, version=version, of={State.MADE}, state=State.OPEN)
        _note(opened, "survey.open", by=by, organisation=organisation, at=at, place=place)
    return opened


def withdraw(
    survey: Survey, *, version: int, reason: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Survey:  # fmt: skip
    """Withdraw a survey that was never open; another of its wave can be made.

    Raises
    ------
    Conflict
        If it changed meanwhile, or was opened.
    """
    with transaction.atomic():
        withdrawn = change(survey, version=version, of={State.MADE}, state=State.WITHDRAWN)
        Invitation.objects.filter(survey=withdrawn).delete()
        _note(
            withdrawn, "survey.withdraw", by=by, organisation=organisation, at=at, place=place,
            reason=reason,
        )  # fmt: skip
        transaction.on_commit(lambda: keys.destroy(withdrawn.pk))
    return withdrawn


def amend(
    survey: Survey, *, version: int, told: Mapping[str, Any], by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Survey:  # fmt: skip
    """Change what is not fixed: its days, who was asked, and who the safeguarding lead is.

    Parameters
    ----------
    told
        Any of ``opens_on``, ``closes_on``, ``asked`` and ``safeguarding_lead``.

    Raises
    ------
    Conflict
        If it changed meanwhile, or is over.
    UsageError
        If something else was given, it would be open for too long, or nobody would be named to
        read what pupils write.
    """
    if unknown := set(told) - {"opens_on", "closes_on", "asked", "safeguarding_lead"}:
        raise UsageError(f"{', '.join(sorted(unknown))} of a survey is fixed when it is made")
    opens, closes = told.get("opens_on", survey.opens_on), told.get("closes_on", survey.closes_on)
    weeks = rule("longest_weeks")
    if closes - opens > datetime.timedelta(weeks=weeks):
        raise UsageError(TOO_LONG.format(weeks=weeks))
    reads = told.get("safeguarding_lead", survey.safeguarding_lead)
    if survey.respondents == Respondents.PUPILS and survey.asks_text and not reads:
        raise UsageError(NO_LEAD)
    with transaction.atomic():
        amended = change(survey, version=version, of={State.MADE, State.OPEN}, **told)
        _note(amended, "survey.amend", by=by, organisation=organisation, at=at, place=place)
    return amended


def _note(
    survey: Survey, action: str, *, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "",
) -> None:  # fmt: skip
    told = {
        "urn": survey.urn,
        "instrument": f"{survey.instrument_id} {survey.instrument_version}",
        "wave": survey.wave,
        "opens_on": survey.opens_on.isoformat(),
        "closes_on": survey.closes_on.isoformat(),
    }
    audit.record(
        by=by, organisation=organisation, at=at, action=action, subject=f"survey:{survey.pk}",
        place=place, reason=reason, details=told,
    )  # fmt: skip
