"""Whether an action changes what follows for pupils: people say so, and its words may contradict.

No list of words knows every name that a school has for a sanction. So each screen asks, of support
too, and the words of the lint do no more than contradict a no: it then needs its reason, and the
reviewer's own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.plans.linting import sanction_words
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import PlannedAction, Screen

CONSEQUENCE, CONFIRMED = "consequence", "consequence_confirmed"
SOME, NONE = "some", "none"


def question() -> Mapping[str, Any]:
    """Give the question as ``gate/questions.yaml`` has it, with its own answers."""
    said: Mapping[str, Any] = stored("gate/questions.yaml")[CONSEQUENCE]
    return said


def answered(done: Screen | None) -> str:
    """Give what a screen answers: ``some``, ``none``, blank for nothing. Of two, ``some`` counts.

    >>> answered(Screen(action_id="a1"))
    ''
    """
    given = (
        {each.answer for each in done.answers if each.question == CONSEQUENCE} if done else set()
    )
    return SOME if SOME in given else NONE if NONE in given else ""


def changes_sanction(action: PlannedAction, done: Screen | None = None) -> bool:
    """Tell whether an action makes, changes or ends a sanction, whatever it is called.

    By its kind, by what its screen answers and, where that is nothing or a no that no reviewer
    confirmed, by its words. To end a sanction is to change it.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.plan import ScreenAnswer
    >>> action = PlannedAction(action_id="a1", title="Phones are kept at the office for a week")
    >>> some = ScreenAnswer(question="consequence", answer="some")
    >>> changes_sanction(action, Screen(action_id="a1", answers=(some,)))
    True
    >>> changes_sanction(PlannedAction(action_id="a1", title="A detention for lateness"))
    True
    >>> changes_sanction(PlannedAction(action_id="a1", title="No detentions are given."))
    False
    """
    said = answered(done)
    if action.kind == "sanction" or said == SOME:
        return True
    if said == NONE and is_confirmed(done):
        return False
    return bool(sanction_words(action))


def is_confirmed(done: Screen | None) -> bool:
    """Tell whether the reviewer of a screen confirmed its no, with a reason."""
    return done is not None and any(
        each.question == CONFIRMED and each.answer == NONE and each.reason.strip()
        for each in done.answers
    )


def left_open(action: PlannedAction, done: Screen, where: str) -> Iterator[Problem]:
    """Give what is wrong with a screen's answer to it."""
    said, words = answered(done), sanction_words(action)
    at = f"{where}.answers.{CONSEQUENCE}"
    if not said:
        known = "; ".join(f"“{each}”" for each in question()["answers"].values())
        yield Problem(
            code="screen_open", column=at, remedy=f"Answer one of {known}.",
            fault=f"the question “{question()['asks']}” is not answered",
        )  # fmt: skip
    elif said == NONE and action.kind == "sanction":
        yield Problem(
            code="screen_open", column=at, value=said,
            fault="the action is a sanction by its kind, and is answered to bring no consequence",
            remedy="Answer yes, or mend the kind.",
        )  # fmt: skip
    elif said == NONE and words:
        reasons = [each.reason.strip() for each in done.answers if each.question == CONSEQUENCE]
        if not all(reasons):
            yield Problem(
                code="screen_open", column=at, value=words[0],
                fault=f"“{words[0]}” reads like a consequence, and the answer gives no reason",
                remedy="Say why it is none, or answer yes.",
            )  # fmt: skip
        elif not is_confirmed(done):
            yield Problem(
                code="consequence_unconfirmed", column=f"{where}.answers.{CONFIRMED}",
                value=words[0],
                fault=f"“{words[0]}” reads like a consequence, and no reviewer has confirmed that"
                " it is none",
                remedy="Let the reviewer say in so many words why it is none.",
            )  # fmt: skip
