"""A plan is copied for another school, and nothing that identifies the first goes with it."""

import dataclasses

from schoolhubs import plans
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.schools.models import School


def copy(plan: Plan, school: School, *, title: str, setting: str, who: Who) -> Plan:
    """Begin another school's plan from the structure of one.

    Programme and pathway are the other school's own, from its partnership: what must come first
    depends on them. A school without one goes by the first's until it has.

    Parameters
    ----------
    title
        Of the copy; typed anew, as the first school's may name it.
    setting
        The other school's kind, in a word of ``root_causes.settings``.

    Raises
    ------
    Conflict
        If the school has a plan already.
    """
    first = plans.editing.copy_for_another(queries.newest(plan).record, plan_id="new")
    told = dataclasses.replace(
        first, title=title, setting=setting, phase=school.phase, urn=school.urn,
        programme_id=plan.programme_id, pathway=plan.pathway,
    )  # fmt: skip
    return actions.begin(school.urn, told, who=who)
