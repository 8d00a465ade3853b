"""What stands beside the days of a year: concerns, a rest, further years, samples of payments."""

import datetime
import functools
from collections.abc import Iterator, Sequence

from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.delivered.joining import Told
from schoolhubs.service.demo.delivered.reading import Step, words
from schoolhubs.service.demo.people import subject_of
from schoolhubs.service.demo.year.told import DAY, Doing, lead, office, partner
from schoolhubs.service.funding.assurance import actions as assurance
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.service.milestones.concerns import actions as concerns
from schoolhubs.service.milestones.models import Concern
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.service.partnerships.doing.extending import extra_terms
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting import actions as resting

RAISED, ANSWERED, ASKED = 24 * DAY, 9 * DAY, 12 * DAY
CASEWORKER = subject_of(Role.OFFICE_CASEWORKER)
Date = datetime.date


def steps(told: Sequence[Told], today: Date) -> Iterator[Step]:
    """Give what is done about partnerships that still run on a day."""
    running = [
        each for each in told
        if each.record.ended_on is None and each.record.finishes_on > today + ASKED
    ]  # fmt: skip
    quiet = sorted(running, key=lambda each: len(each.record.days))
    # Those with fewest days are those that somebody worries about; the next of them rests.
    for each, said in zip(quiet, words()["concerns"], strict=False):
        yield from _concern(each.partnership, said, today)
    if len(quiet) > len(words()["concerns"]):
        rested = quiet[len(words()["concerns"])].partnership
        doing = office(CASEWORKER, today - DAY)
        yield doing.at.replace(hour=19), functools.partial(_rest, rested, doing)
    longer = [each.partnership for each in running if extra_terms(each.partnership)]
    for n, one in enumerate(longer[-2:]):
        yield from _further(one, today, is_decided=n == 0)
    if told:
        doing = office(subject_of(Role.FINANCE_CHECKER), today - 2 * DAY)
        yield doing.at, functools.partial(_draw, told[0].record.programme_id, doing)


def _concern(one: Partnership, said: Sequence[str], today: Date) -> Iterator[Step]:
    words_, evidence, answered = said
    raised = lead(one, today - RAISED)
    made: list[Concern] = []

    def raise_() -> None:
        made.append(
            concerns.raise_(one, side="lead", words=words_, evidence=evidence, **raised.said)
        )

    def answer() -> None:
        doing = partner(one, today - ANSWERED)
        concerns.answer(made[0], words=answered, version=made[0].version, **doing.said)

    yield raised.at, raise_
    if answered:
        yield partner(one, today - ANSWERED).at, answer


def _rest(one: Partnership, doing: Doing) -> None:
    resting.rest(one, reason=words()["why_rests"], **doing.said)


def _further(one: Partnership, today: Date, *, is_decided: bool) -> Iterator[Step]:
    asked = partner(one, today - ASKED)
    yield asked.at, functools.partial(_ask, one, asked, lead(one, today - ASKED))
    if is_decided:
        decided = office(CASEWORKER, today - 3 * DAY)
        yield decided.at, functools.partial(_decide, one, decided)


def _ask(one: Partnership, ours: Doing, theirs: Doing) -> None:
    for side, doing, reason in zip(
        ("partner", "lead"), (ours, theirs), words()["why_further"], strict=True
    ):
        partnerships.ask_for_more(one, side=side, reason=reason, **doing.said)


def _decide(one: Partnership, doing: Doing) -> None:
    request = one.extensionrequest
    partnerships.decide_more(request, is_agreed=True, reason=words()["why_agreed"], **doing.said)


def _draw(programme_id: str, doing: Doing) -> None:
    """Draw from the last run that was paid, and look at the first of what was drawn."""
    paid = PaymentRun.objects.filter(programme_id=programme_id, state="paid")
    run = paid.order_by("-number").first()
    if run is None:
        return
    drawn = assurance.draw(run, **doing.said)
    for each in drawn[:1]:
        assurance.find(
            each, is_shown=True, found="The visitors' book and the notes show it.",
            version=each.version, **doing.said,
        )  # fmt: skip
