"""Tells what happened at both schools, day by day, through the actions that people use."""

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.demo.further import looking, planning, polling
from schoolhubs.service.demo.further.choosing import GOVERNOR, HEAD, MIDWAY_HEAD, READER, Extra
from schoolhubs.service.demo.intakes import PLACE
from schoolhubs.service.demo.people import school_of
from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans.actions import Who, approve
from schoolhubs.service.plans.board.actions import comment
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.watching.actions import Periods
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import schools_of
from schoolhubs.service.sharing import actions as sharing
from schoolhubs.service.sharing import terms
from schoolhubs.service.surveys.doing import making
from schoolhubs.service.surveys.doing.reading import make_texts_ready
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.written.stored import read_facts

SEED = 20_26
N_PUPILS = 150
LEAD = "lead school"


@functools.cache
def story() -> Mapping[str, Any]:
    """Read what people wrote down."""
    text = resources.files(__package__).joinpath("story.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


class Told:
    """One school's days, counted from one of them, and who does things there."""

    def __init__(self, school: School, programme_id: str, *, first: datetime.date) -> None:
        self.school, self.programme_id, self.first = school, programme_id, first
        self.organisation = f"school:{school.urn}"

    def day(self, n: int) -> datetime.date:
        """Give the day ``n`` days after the first."""
        return self.first + datetime.timedelta(days=n)

    def at(self, n: int, hour: int = 10) -> datetime.datetime:
        """Give an hour of that day."""
        return datetime.datetime.combine(
            self.day(n), datetime.time(hour), timezone.get_current_timezone()
        )

    def done(self, extra: Extra, n: int, *, hour: int = 10) -> dict[str, Any]:
        """Say who does something, for whom, when and where, as actions ask."""
        return {
            "by": extra.subject, "organisation": self.organisation, "at": self.at(n, hour),
            "place": PLACE,
        }  # fmt: skip

    def who(self, extra: Extra, n: int) -> Who:
        """Say the same as actions of plans ask."""
        return Who(**self.done(extra, n), name=extra.name)


def tell(snapshot: RegisterSnapshot, programme_id: str, *, at: datetime.datetime) -> int:
    """Tell of the schools that somebody of the demonstration can sign in at.

    Returns
    -------
    int
        Schools that are further on.
    """
    on, schools = timezone.localdate(at), schools_of(snapshot)
    reviewing = schools.filter(urn=school_of(HEAD.subject)).first()
    midway = schools.filter(urn=school_of(MIDWAY_HEAD.subject)).first()
    if reviewing is None or midway is None:
        return 0
    running = Partnership.objects.get(
        programme_id=programme_id, partner_urn=reviewing.urn, state="running"
    )
    # Each whole or not at all: a load that was cut short is begun anew.
    with transaction.atomic():
        tell_reviewing(reviewing, running, on=on)
    with transaction.atomic():
        tell_midway(midway, programme_id, running.pathway, on=on)
    return 2


def tell_reviewing(school: School, partnership: Partnership, *, on: datetime.date) -> None:
    """Tell of the school whose plan was approved and reviewed; told already, it stays."""
    if Plan.objects.filter(urn=school.urn).exists():
        return
    told = Told(school, partnership.programme_id, first=partnership.starts_on)
    now = (on - told.first).days
    _agree(told, partnership)
    _look(told)
    _plan(told, partnership, now=now)


def _agree(told: Told, partnership: Partnership) -> None:
    head = told.done(HEAD, 5)
    made = sharing.propose(
        partnership, side="lead", purposes=list(terms.purposes()), kinds=list(terms.kinds()),
        starts_on=told.day(5), last_on=partnership.last_on,
        **{**told.done(HEAD, 3), "by": LEAD, "organisation": f"school:{partnership.lead_urn}"},
    )  # fmt: skip
    sharing.answer(made, side="partner", accepts=True, version=made.version, **head)


def _look(told: Told) -> None:
    """Audit: self-assessment, both surveys, the behaviour return, the day and its findings."""
    said, school = story(), told.school
    team = {HEAD.subject: "Headteacher", "senco": "SENCO", "attendance": "Attendance lead"}
    asked = looking.edition(school, "behaviour")
    one = looking.assess(
        school, asked, team, low=said["low"], share=1.0, seed=SEED, **told.done(HEAD, 7)
    )
    assessing.finish(one, on=told.day(14), **told.done(HEAD, 14))
    _poll(told, wave=1, opens=10, closes=21, level=-0.25)
    year = AcademicYear.holding(told.first)
    n = int(school.facts.get("n_pupils") or 300)
    looking.bring_return(school, n=n, year=str(year), seed=SEED, **told.done(HEAD, 23))
    day = looking.prepare(school, said["day"], held_on=told.day(28), **told.done(HEAD, 15))
    looking.write_down(day, said["seen"], **told.done(HEAD, 28))
    looking.refer(school, said["barriers"], told.day(28), **told.done(HEAD, 28))
    looking.confirm(school, **told.done(HEAD, 29))


def _poll(told: Told, *, wave: int, opens: int, closes: int, level: float) -> None:
    """Ask pupils and staff in one wave; who answers what is drawn alike on whatever day it is."""
    pupils, staff = _surveys(told, opens=opens, closes=closes)
    done = told.done(HEAD, closes + 1)
    polling.run(told.school, pupils, level=level, seed=SEED + 10 * wave, **done)
    polling.run(told.school, staff, level=level + 0.3, seed=SEED + 10 * wave + 1, **done)


def _surveys(told: Told, *, opens: int, closes: int) -> tuple[dict[str, Any], dict[str, Any]]:
    days = {"opens_on": told.day(opens), "closes_on": told.day(closes)}
    common = {**days, "programme_id": told.programme_id}
    asked = polling.pupils_asked(told.school, N_PUPILS)
    pupils = {"instrument": "pupil-survey", "asked": asked, **common}
    staff = {
        "instrument": "staff-survey", "asked": polling.staff_asked(),
        "words": story()["staff_words"], **common,
    }  # fmt: skip
    return pupils, staff


def _plan(told: Told, partnership: Partnership, *, now: int) -> None:
    """Plan, screens, approval; a second wave of surveys, a review by its figures, a comparison."""
    said = story()["plan"]
    plan = planning.begin(
        told.school, said, programme_id=told.programme_id, pathway=partnership.pathway,
        who=told.who(HEAD, 33), partnership=partnership,
    )  # fmt: skip
    planning.write(
        plan, said, starts_on=told.day(47), review_on=(told.day(now - 6), told.day(now + 100)),
        held_on=told.day(35), who=told.who(HEAD, 38),
    )  # fmt: skip
    planning.screen(
        plan, said["screens"], on=told.day(44), author=told.who(HEAD, 40),
        reviewer=told.who(GOVERNOR, 44),
    )  # fmt: skip
    approve(plan, number=plan.number, on=told.day(45), who=told.who(HEAD, 45))
    planning.move(plan, said["moves"], due_on=told.day(now + 20), who=told.who(HEAD, 60))
    lead = Who(by=LEAD, organisation=f"school:{partnership.lead_urn}", at=told.at(now - 20),
               place=PLACE, name="Lead school")  # fmt: skip
    comment(plan, words=said["lead_comment"], who=lead)
    _poll(told, wave=2, opens=now - 21, closes=now - 9, level=0.25)
    planning.review(
        plan, "o1", comment=said["review_comment"], on=told.day(now - 6),
        who=told.who(HEAD, now - 6),
    )  # fmt: skip
    periods = Periods(
        before_from_on=told.day(-120),
        before_last_on=told.day(44),
        after_from_on=told.day(47),
        after_last_on=told.day(now - 4),
    )
    planning.compare(
        plan, said["compared"], periods, on=told.day(now - 3), who=told.who(HEAD, now - 3)
    )


def tell_midway(school: School, programme_id: str, pathway: str, *, on: datetime.date) -> None:
    """Tell of the school in the middle of its audit; told already, it stays."""
    if Plan.objects.filter(urn=school.urn).exists():
        return
    said, told = story(), Told(school, programme_id, first=on)
    team = {"deputy": "Deputy head", MIDWAY_HEAD.subject: "Headteacher"}
    asked = looking.edition(school, "attendance")
    looking.assess(
        school, asked, team, low=said["low"], share=0.4, seed=SEED, **told.done(MIDWAY_HEAD, -8)
    )
    _open_surveys(told)
    looking.prepare(school, said["day"], held_on=told.day(12), **told.done(MIDWAY_HEAD, -2))
    looking.refer(school, said["barriers"][:1], told.day(-2), **told.done(MIDWAY_HEAD, -2))
    plan = planning.begin(
        school, said["draft"], programme_id=programme_id, pathway=pathway,
        who=told.who(MIDWAY_HEAD, -6),
    )  # fmt: skip
    planning.write(
        plan, said["draft"], starts_on=told.day(30), review_on=(told.day(120),),
        held_on=told.day(-3), who=told.who(MIDWAY_HEAD, -3),
    )  # fmt: skip


def _open_surveys(told: Told) -> None:
    """Let pupils answer since last week, and write to the safeguarding lead; staff come later."""
    pupils, staff = _surveys(told, opens=-5, closes=9)
    pupils |= {"safeguarding_lead": READER.subject, "words": story()["pupil_words"]}
    done = told.done(MIDWAY_HEAD, -5)
    made, code = polling.make(told.school, pupils, **done)
    opened = making.open_(made, version=made.version, **done)
    polling.answer(opened, code, level=-0.1, seed=SEED, share=0.4, words=story()["pupil_words"])
    make_texts_ready(at=told.at(-1, hour=15))
    staff |= {"opens_on": told.day(6), "closes_on": told.day(20), "asks_text": True}
    polling.make(told.school, staff, **done)
