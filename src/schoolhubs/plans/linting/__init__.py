"""The lint of sanctions and rewards: prose and fields against rules that each cite a source."""

from schoolhubs.plans.linting import fields, prose
from schoolhubs.plans.linting.denying import is_denied, spans
from schoolhubs.plans.linting.rules import LintFinding, LintRule, found, lint_rules, verdict
from schoolhubs.plans.linting.statements import statements
from schoolhubs.vocabulary.records.plan import PlannedAction

__all__ = ["LintFinding", "LintRule", "lint", "lint_action", "sanction_words", "verdict"]


def lint(text: str, *, rules: tuple[LintRule, ...] | None = None) -> tuple[LintFinding, ...]:
    """Read a text for rewards, sanctions and timetables that may discriminate.

    Parameters
    ----------
    text
        Prose in English, any length. Headings and list items are sentences.
    rules
        The rules to read by; those of the package unless given.

    Returns
    -------
    One finding for each rule and sentence, in the order of the rules. None is no proof that a
    text is lawful.

    Notes
    -----
    Rules, sections and sources are in ``plans/linting/rules.yaml``.

    Examples
    --------
    >>> [each.rule for each in lint("Pupils with 100% attendance win a bike.")]
    ['full_attendance_award']
    >>> lint("We do not fine families.")
    ()
    """
    seen = prose.read(text)
    return tuple(
        found(rule, said)
        for rule in (lint_rules() if rules is None else rules)
        for said in seen.matches(rule)
    )


def lint_action(
    action: PlannedAction, *, rules: tuple[LintRule, ...] | None = None
) -> tuple[LintFinding, ...]:
    """Read an action's prose and fields; see :func:`lint`.

    Examples
    --------
    >>> action = PlannedAction(action_id="a1", kind="timetable", title="Mornings for Year 9")
    >>> [each.rule for each in lint_action(action)]
    ['part_time_as_management', 'part_time_without_end', 'part_time_look']
    """
    by = lint_rules() if rules is None else rules
    held = fields.fields_of(action)
    in_fields = [
        found(rule, f"fields of {action.action_id}")
        for rule in by
        if any(fields.holds(tests, held) for tests in rule.fields)
    ]
    return (*lint(action.words, rules=by), *in_fields)


def sanction_words(action: PlannedAction) -> tuple[str, ...]:
    """Give the sentences of an action that read like a sanction made, changed or ended.

    Only a sentence that denies a sanction outright is believed.

    Examples
    --------
    >>> sanction_words(PlannedAction(action_id="a1", title="We end all detentions"))
    ('We end all detentions',)
    >>> sanction_words(PlannedAction(action_id="a1", title="No detentions are given."))
    ()
    """
    return tuple(
        dict.fromkeys(
            statement.said
            for statement in statements(action.words)
            for span in spans("sanction_word", statement.text)
            if not is_denied(statement, span, ended_too=False)
        )
    )
