"""Who is written to when a screen is opened again."""

from schoolhubs.service.eligibility.doing.telling import school_name
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.watching.models import AffectedReturn


def reopened(plan: Plan, title: str, row: AffectedReturn) -> list[Draft]:
    """Draft for the school that its plan is not in force until its screens are done anew."""
    told = {"school": school_name(plan.urn), "plan": title, "about": row.about}
    return [
        Draft(
            kind="plan_reopened", about=f"plan:{plan.pk}:{row.number}",
            organisation_key=f"school:{plan.urn}", facts=told, path=f"/schools/{plan.urn}/plan",
        )
    ]  # fmt: skip
