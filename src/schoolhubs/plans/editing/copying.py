"""A plan for another school: what was thought out, and nothing of who thought it."""

from schoolhubs.plans.actions import library
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective
from schoolhubs.vocabulary.root_causes import root_causes, settings


def copy_for_another(plan: ActionPlan, *, plan_id: str) -> ActionPlan:
    """Copy a plan's structure for another school.

    What goes over is what the library and the lists of this project already say: root causes,
    measures, actions of the library in the library's words. What people wrote, every name, figure,
    day, finding, screen, consultation and review stays behind, and so does an action of the
    school's own, since nobody can tell what its words give away. The other school writes its own.

    Parameters
    ----------
    plan
        The first school's.
    plan_id
        Of the copy.

    Returns
    -------
    A draft that cannot be approved until it is finished.

    Examples
    --------
    >>> from schoolhubs.plans.actions import library
    >>> taken = library()["first_day_call"].planned(action_id="Mrs Ash rings", objective_id="x")
    >>> first = ActionPlan(
    ...     plan_id="p1", urn="123456", objectives=(Objective(objective_id="x"),), actions=(taken,)
    ... )
    >>> copy_for_another(first, plan_id="p2").actions[0].action_id
    'a1'
    """
    shelf, measures = library(), stored("measures.yaml")["measures"]
    causes = root_causes()
    names = {each.objective_id: f"o{at}" for at, each in enumerate(plan.objectives, start=1)}
    taken = [each for each in plan.actions if each.library_id in shelf]
    return ActionPlan(
        plan_id=plan_id,
        setting=plan.setting if plan.setting in settings() else "mainstream",
        objectives=tuple(
            Objective(
                objective_id=names[each.objective_id],
                title=causes[each.root_cause].title if each.root_cause in causes else "",
                root_cause=each.root_cause if each.root_cause in causes else "",
                measure=each.measure if each.measure in measures else "",
            )
            for each in plan.objectives
        ),
        actions=tuple(
            shelf[each.library_id].planned(
                action_id=f"a{at}", objective_id=names.get(each.objective_id, "")
            )
            for at, each in enumerate(taken, start=1)
        ),
    )
