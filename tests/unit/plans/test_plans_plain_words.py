"""What reads like a consequence in plain words, what does not, and letters that look alike."""

import dataclasses

import pytest

import planned
from schoolhubs import plans
from schoolhubs.plans.linting import sanction_words
from schoolhubs.plans.linting.denying import pattern, spans
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.records.plan import ActionPlan, PlannedAction

READS = (
    "Pupils who are late stay behind after school for 30 minutes.",
    "Pupils who are late are kept in at break.",
    "Pupils who are late lose their lunch.",
    "Pupils are excluded after three warnings.",
    "Pupils are removed from lessons after two warnings.",
    "Consequences are raised from C2 to C4.",
    "Phones are confiscated for a week.",
    "Three late marks and the pupil goes to the reflection room.",
    "We tighten the behaviour policy: three strikes.",
    "Ban from the prom for those below 95%.",
    "Pupils may not go to the toilet in lessons.",
    "Pupils who are ill make up the time on Saturday.",
    "No child will be without a detention if late.",
    "We stop limiting detentions to ten minutes and give an hour.",
    "We end all detentions.",
    "Deten\u200btion, D-e-t-e-n-t-i-o-n, d\u0435tention and d\u00e9tention.",
)  # fmt: skip
DOES_NOT = (
    "Ring the family on the first day.",
    "Families are kept in touch with each week.",
    "Notes are kept in the pupil's file.",
    "Greet each pupil by name at the door.",
    "No pupil is suspended for it.",
    "We do not use detentions.",
    "Breakfast is open to all from eight.",
    "Long illness is excluded from the figures that staff look at.",
)


@pytest.mark.parametrize("text", READS)
def test_it_reads_like_a_consequence(text: str) -> None:
    assert sanction_words(PlannedAction(action_id="a1", title=text))


@pytest.mark.parametrize("text", DOES_NOT)
def test_it_reads_like_none(text: str) -> None:
    assert sanction_words(PlannedAction(action_id="a1", title=text)) == ()


def test_for_whom_is_read_too() -> None:
    assert sanction_words(PlannedAction(action_id="a1", for_whom="Pupils in detention"))


def test_every_word_for_a_sanction_contradicts_a_no() -> None:
    """What the rules take for a sanction reads like a consequence: no list may lag behind."""
    terms = stored("linting/words.yaml")["terms"]
    for name in ("penal", "sanction", "stripped"):
        assert f"@{name}" in terms["sanction_word"]
        for each in terms[name]:
            assert each in pattern("sanction_word").pattern, each
    assert spans("sanction_word", "a report card") != []


def test_what_the_library_says_reads_like_no_consequence_it_does_not_bring() -> None:
    """The control of the words: of all actions of the library few are asked about twice."""
    asked = [
        each.library_id
        for each in plans.library().values()
        if sanction_words(each.planned(action_id="a1"))
    ]
    assert len(asked) <= len(plans.library()) / 5, asked


def problems(plan: ActionPlan) -> list[tuple[str, str]]:
    found = plans.check(plan, rules=planned.rules(), findings=planned.FINDINGS)
    return [(each.code, each.column) for each in found]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("A d\u0435tention for lateness", True),  # one letter is Cyrillic
        ("\u1d05etention for lateness", True),  # a small capital
        ("\u0434\u0435\u0442\u0435\u043d\u0442\u0438\u043e\u043d", True),  # a whole word
        ("Zo\u00eb and \u0141ukasz ring home \u2013 \u00bd an hour", False),
        ("Pupils of 9B; a caf\u00e9", False),
    ],
)
def test_letters_that_only_look_alike_are_refused(text: str, refused: bool) -> None:
    action = dataclasses.replace(planned.whole_plan().actions[0], text=text)
    plan = planned.with_action(planned.whole_plan(), action)
    assert (("letters_not_read", "actions.a1.text") in problems(plan)) == refused


def test_letters_are_looked_at_wherever_a_plan_has_words() -> None:
    plan = planned.whole_plan()
    aim = dataclasses.replace(plan.objectives[0], title="Fewer d\u0435tentions")
    screen = dataclasses.replace(plan.screens[0], evidence=("Last y\u0435ar",))
    changed = dataclasses.replace(plan, objectives=(aim,), screens=(screen,))
    assert [each for each in problems(changed) if each[0] == "letters_not_read"] == [
        ("letters_not_read", "objectives.o1.title"),
        ("letters_not_read", "screens.a1.evidence.1"),
    ]
