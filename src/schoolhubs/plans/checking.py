"""Every problem of a plan: what is not written, what does not hold, what the gate keeps shut."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs.plans import objectives
from schoolhubs.plans.editing.merging import KNOWN_BY
from schoolhubs.plans.gate import changes_sanction, misdated, why_open
from schoolhubs.plans.gate.asking import QUESTIONS
from schoolhubs.plans.gate.placing import placed
from schoolhubs.plans.linting import letters
from schoolhubs.plans.progress import unfounded_reviews
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, AuditStep
from schoolhubs.vocabulary.records.rules import RulesAsAt


def check(
    plan: ActionPlan,
    *,
    rules: RulesAsAt | None,
    findings: Mapping[str, str] | None = None,
    audit_steps: Sequence[AuditStep] | None = None,
) -> tuple[Problem, ...]:
    """List everything that stands between a plan and its approval.

    Parameters
    ----------
    plan
        As written.
    rules
        The plan's programme as at the day, which its days are held against too; None where it is
        not known, which is a problem.
    findings
        Root cause of each finding of the diagnosis, by its id; None to go by those the plan names.
    audit_steps
        What was done of the audit, as recorded elsewhere; None to go by what the plan says.

    Returns
    -------
    Problems with their place in ``column`` and, in words, before the fault; none means that
    ``plans.approve`` would approve.

    Examples
    --------
    >>> problems = check(ActionPlan(plan_id="p1"), rules=None)
    >>> [each.code for each in problems][:3]
    ['no_objective', 'nobody_wrote_it', 'not_consulted']
    """
    held = {each.finding_id: each.root_cause for each in plan.findings}
    found = (
        *_twice(plan),
        *_disguised(plan.as_dict(), ""),
        *objectives.unsound(plan, held if findings is None else findings),
        *_unwritten(plan),
        *_not_consulted(plan),
        *_screens(plan),
        *_audit(plan, rules, plan.audit_steps if audit_steps is None else audit_steps),
        *unfounded_reviews(plan),
        *(misdated(plan, rules.on) if rules else ()),
    )
    return tuple(placed(plan, each) for each in found)


def _twice(plan: ActionPlan) -> Iterator[Problem]:
    named = {
        "objectives": [each.objective_id for each in plan.objectives],
        "actions": [each.action_id for each in plan.actions],
        "findings": [each.finding_id for each in plan.findings],
        "screens": [each.action_id for each in plan.screens],
    }
    for part, ids in named.items():
        for name, n in Counter(ids).items():
            if n > 1 or not name.strip():
                yield Problem(
                    code="id_not_single", column=f"{part}.{name}",
                    fault=f"{part}: {name!r} names {n}",
                    remedy="Give each a name of its own.",
                )  # fmt: skip


def _disguised(told: object, where: str) -> Iterator[Problem]:
    """Name words in letters of two alphabets, anywhere, and those of an action in any other."""
    if isinstance(told, Mapping):
        for name, each in told.items():
            yield from _disguised(each, f"{where}.{name}".lstrip("."))
    elif isinstance(told, list):
        for at, each in enumerate(told):
            key = KNOWN_BY.get(where.rpartition(".")[2], "")
            name = each.get(key, at + 1) if isinstance(each, Mapping) else at + 1
            yield from _disguised(each, f"{where}.{name}")
    elif isinstance(told, str):
        word = letters.disguised(told)
        if not word and where.startswith("actions."):
            word = letters.foreign(told)
        if word:
            yield Problem(
                code="letters_not_read", column=where, value=word[:40],
                fault=f"the word “{word[:40]}” has letters that are not of the English alphabet, "
                "or of two alphabets",
                remedy="Type the word anew: what looks alike is not read alike.",
            )  # fmt: skip


def _unwritten(plan: ActionPlan) -> Iterator[Problem]:
    if not any(each.strip() for each in plan.authors):
        yield Problem(
            code="nobody_wrote_it", column="authors", fault="no author is named",
            remedy="Name who wrote the plan; a screen's reviewer must be somebody else.",
        )  # fmt: skip


def _not_consulted(plan: ActionPlan) -> Iterator[Problem]:
    said = stored(QUESTIONS)
    asked = {each.consulted: each for each in plan.consultations}
    for who in said["must_be_consulted"]:
        words = who.replace("_send", " SEND").replace("_", " ")
        if who not in asked:
            yield Problem(
                code="not_consulted", column=f"consultations.{who}",
                fault=f"no consultation of {words} is recorded",
                remedy="Ask them, and write down what it changed.",
            )  # fmt: skip
    for each in plan.consultations:
        where = f"consultations.{each.consulted}"
        if each.consulted not in said["consulted"]:
            known = ", ".join(said["consulted"])
            fault = f"{each.consulted!r} is no group of people to consult"
            yield Problem(
                code="unknown_word", column=where, fault=fault, remedy=f"Take one of {known}."
            )
        blank = [
            name for name in ("how", "held_on", "said", "changed")
            if not str(getattr(each, name) or "").strip()
        ]  # fmt: skip
        if blank:
            yield Problem(
                code="consultation_unfinished", column=where,
                fault=f"the consultation does not say {', '.join(blank)}",
                remedy="Say what it changed; where nothing, why.",
            )  # fmt: skip


def _screens(plan: ActionPlan) -> Iterator[Problem]:
    done = {each.action_id: each for each in plan.screens}
    for action in plan.actions:
        yield from why_open(action, done.get(action.action_id), plan.authors)
    for name in done.keys() - {each.action_id for each in plan.actions}:
        yield Problem(
            code="screen_of_nothing", column=f"screens.{name}",
            fault="a screen names this, which is no action of the plan",
            remedy="Take it out, or mend the name.",
        )  # fmt: skip


def _audit(
    plan: ActionPlan, rules: RulesAsAt | None, done: Sequence[AuditStep]
) -> Iterator[Problem]:
    """Hold a plan that changes a sanction until every step its pathway asks for is done."""
    pathways = {each.pathway: each for each in rules.pathways} if rules else {}
    if rules is None or rules.programme_id != plan.programme_id or plan.pathway not in pathways:
        yield Problem(
            code="unknown_pathway", column="pathway", value=plan.pathway,
            fault=f"programme {plan.programme_id!r} and pathway {plan.pathway!r} are not known",
            remedy="Name both as in the school's match; what must come first depends on them.",
        )  # fmt: skip
        return
    screens = {each.action_id: each for each in plan.screens}
    changing = [
        f"“{each.title.strip() or each.action_id}”"
        for each in plan.actions
        if changes_sanction(each, screens.get(each.action_id))
    ]
    needed = pathways[plan.pathway].audit_steps
    if not changing:
        return
    if needed is None:
        yield Problem(
            code="audit_not_said", column="audit_steps",
            fault="the programme does not say what must come before a changed sanction",
            remedy="Add audit_steps to the pathway in the programme's definition.",
        )  # fmt: skip
        return
    titles = stored(QUESTIONS)["audit_steps"]
    finished = {each.step for each in done if each.finished_on <= rules.on}
    for step in needed:
        if step not in finished:
            yield Problem(
                code="audit_incomplete", column=f"audit_steps.{step}",
                fault=f"{titles.get(step, step)} is not done, and {', '.join(changing)} "
                f"{'changes' if len(changing) == 1 else 'change'} a sanction",
                remedy=f"The pathway {plan.pathway} asks for it before any sanction is changed.",
            )  # fmt: skip
