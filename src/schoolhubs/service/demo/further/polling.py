"""Surveys of the demonstration: made, opened, answered by people drawn by lot, closed, scored."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction

from schoolhubs import diagnosis
from schoolhubs.service.schools.models import School
from schoolhubs.service.surveys.doing import answering, closing, making
from schoolhubs.service.surveys.models import Route, Survey
from schoolhubs.service.surveys.scores import scoring
from schoolhubs.service.surveys.sealing import codes
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

YEARS = {"primary": ("5", "6"), "secondary": ("7", "8", "9", "10", "11")}
# Of a standard normal, between four points; a reversed item is answered the other way round.
CUTS = (-1.2, -0.3, 0.8)
ROLES = {"leader": 4, "teacher": 17, "support": 13}
LEFT_OUT = 0.03


def pupils_asked(school: School, n: int) -> list[dict[str, Any]]:
    """Give who is asked: about ``n`` pupils, alike in each year, a quarter of them with FSM."""
    years = YEARS.get(school.phase, YEARS["secondary"])
    shares = {"yes": 0.25, "no": 0.75}
    return [
        {"year_group": year, "fsm": fsm, "sex": sex,
         "n_asked": max(1, round(n * share / len(years) / 2))}
        for year in years for fsm, share in shares.items() for sex in ("female", "male")
    ]  # fmt: skip


def staff_asked() -> list[dict[str, Any]]:
    """Give the staff who are asked, by role."""
    return [{"role": role, "n_asked": n} for role, n in ROLES.items()]


def make(school: School, told: Mapping[str, Any], **who: Any) -> tuple[Survey, str]:
    """Make a survey with a class code, not open yet."""
    opens_on: datetime.date = told["opens_on"]
    design = making.Design(
        instrument=diagnosis.instrument(told["instrument"]), wave=f"{opens_on:%Y-%m}",
        route=Route.CLASS_CODES, opens_on=opens_on, closes_on=told["closes_on"],
        asked=told["asked"], asks_text=bool(told.get("words") or told.get("asks_text")),
        safeguarding_lead=told.get("safeguarding_lead", ""),
    )  # fmt: skip
    made = making.make(school.urn, design, programme_id=told["programme_id"], **who)
    (code,) = making.invite(made, 1, **who)
    return made, code


def run(school: School, told: Mapping[str, Any], *, level: float, seed: int, **who: Any) -> Survey:
    """Hold a survey from its first day to its scores.

    Parameters
    ----------
    level
        How people feel, in standard deviations.
    who
        ``at`` is the day after the last.
    """
    made, code = make(school, told, **who)
    opened = making.open_(made, version=made.version, **who)
    answer(opened, code, level=level, seed=seed, words=told.get("words", ()))
    closed = closing.close(opened, version=opened.version, **who)
    scoring.keep(closed, scoring.scored(closed), at=who["at"])
    return closed


def answer(
    survey: Survey, code: str, *, level: float, seed: int, share: float = 0.85,
    words: Sequence[str] = (),
) -> None:  # fmt: skip
    """Let most of those who were asked answer, each by one feeling and chance."""
    rng = np.random.default_rng(seed)
    asked = diagnosis.instrument(survey.instrument_id)
    left = [*words]
    with transaction.atomic():
        for row in survey.asked:
            groups = {name: row[name] for name in survey.groups}
            for _ in range(rng.binomial(row["n_asked"], share)):
                said = answering.Answered(
                    points=_points(asked, level + rng.normal(), rng), groups=groups,
                    words=left.pop() if left else "",
                )  # fmt: skip
                answering.answer(code, said, form=codes.new_form(), on=survey.opens_on)


def _points(asked: Instrument, feeling: float, rng: np.random.Generator) -> dict[str, int]:
    found = {}
    for item in asked.items:
        point = int(np.digitize(feeling + rng.normal(), CUTS)) + 1
        if rng.random() >= LEFT_OUT:
            found[item.name] = 5 - point if item.is_reversed else point
    return found
