"""Surveys of an invented school, made, opened and answered as people would."""

import datetime
from typing import Any

from schoolhubs import diagnosis
from schoolhubs.service.surveys.doing import answering, closing, making
from schoolhubs.service.surveys.models import Route, Survey
from schoolhubs.service.surveys.sealing import codes

URN = "900001"
AT = datetime.datetime(2026, 11, 9, 10, tzinfo=datetime.UTC)
ON = AT.date()
WHO: dict[str, Any] = {"by": "head", "organisation": "school:900001", "at": AT, "place": "tests"}


def design(instrument_id: str = "pupil-survey", **changes: Any) -> making.Design:
    """Give the design of a survey of pupils that is open for two weeks."""
    told = {
        "instrument": diagnosis.instrument(instrument_id),
        "wave": "2026-11",
        "route": Route.CLASS_CODES,
        "opens_on": ON,
        "closes_on": ON + datetime.timedelta(days=14),
    }
    return making.Design(**{**told, **changes})


def made(instrument_id: str = "pupil-survey", *, urn: str = URN, **changes: Any) -> Survey:
    """Make a survey."""
    return making.make(urn, design(instrument_id, **changes), programme_id="", **WHO)


def opened(
    instrument_id: str = "pupil-survey", *, n_codes: int = 1, **changes: Any
) -> tuple[Survey, list[str]]:
    """Make a survey with codes and open it; the survey and its codes."""
    survey = made(instrument_id, **changes)
    given = making.invite(survey, n_codes, **WHO)
    return making.open_(survey, version=survey.version, **WHO), given


def answered(points: dict[str, int] | None = None, **more: Any) -> answering.Answered:
    """Give an answer: to one item unless said."""
    return answering.Answered(
        points={"felt_safe": 3} if points is None else points,
        **{"groups": {"year_group": "7"}, **more},
    )


def answer(code: str, said: answering.Answered | None = None, *, form: str = "") -> bool:
    """Send an answer in a form of its own."""
    return answering.answer(code, said or answered(), form=form or codes.new_form(), on=ON)


def close(survey: Survey) -> Survey:
    """Close a survey as it stands."""
    held = Survey.objects.get(pk=survey.pk)
    return closing.close(held, version=held.version, **WHO)
