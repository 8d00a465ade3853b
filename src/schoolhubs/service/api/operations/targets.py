"""A school's attendance target, explained."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router

from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.api.schemas.schools import TargetOf
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.models import Fit
from schoolhubs.service.targets.page.apart import gets_a_goal, known_of
from schoolhubs.service.targets.page.reach import may_read

router = Router()


@router.get(
    "/targets/{urn:urn}", response=TargetOf, url_name="api-target", operation_id="read_target",
    summary="Read a school’s attendance target", openapi_extra=behaves(scope="read:targets"),
)  # fmt: skip
def read_target(
    request: AskedRequest, urn: Annotated[str, Path(pattern=URN, description="The school.")]
) -> dict[str, Any]:
    """Give what is expected of a school, its target, how sure that is, and all that explains it.

    Of a special school or alternative provision of which too little is published for that, its
    earlier years, its needs and the goal a person set are given, with the reason.
    """
    refuse_others(request.asking.actor, is_own=may_read(request.asking.actor, urn))
    fit, target = queries.standing(urn)
    if fit and target is None and (known := _apart(fit, urn)) is not None:
        return known
    explained = explanation_of(target, at=request.asking.at) if target else None
    if fit is None or target is None or explained is None:
        raise Http404
    whole = explained.target.as_dict()
    pieces = [
        {**each, "piece": explained.titles[each["kind"]]} for each in whole["contributions"]
    ]  # fmt: skip
    return {
        **whole,
        "reason": None,
        "contributions": pieces,
        "trend": [
            {"year": year, "absence_percent": percent, "points_from_national": place}
            for year, percent, place in explained.target.trend
        ],
        "version": target.version,
        "amended_because": target.amended_because,
        "is_hindsight": fit.is_hindsight,
        "is_staged": fit.is_staged,
        "is_synthetic": fit.snapshot.is_synthetic,
        "goal": queries.goal_of(fit, urn),
        "issued_elsewhere": queries.issued_to(fit, urn),
    }


UNTOLD = (
    "last_year_percent", "baseline_percent", "expected_percent", "target_percent", "low_percent",
    "high_percent", "chance_unaided", "national_percent", "national_year", "chance_size_percent",
)  # fmt: skip


def _apart(fit: Fit, urn: str) -> dict[str, Any] | None:
    """Give what is known of a school that a person sets a goal for; None for any other."""
    snapshot = current_snapshot()
    school = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if school is None or not gets_a_goal(school, None):
        return None
    known = known_of(fit.snapshot_id, urn)
    trend = [
        {"year": year, "absence_percent": percent, "points_from_national": None}
        for year, percent in known.years
    ]
    return {
        **dict.fromkeys(UNTOLD),
        "urn": urn, "school_name": school.name, "phase": school.phase, "year": fit.year,
        "version": 1, "amended_because": "", "is_hindsight": fit.is_hindsight,
        "is_staged": fit.is_staged, "is_synthetic": fit.snapshot.is_synthetic,
        "reason": known.reason,
        "contributions": [], "comparators": [], "visits": [], "notes": [], "trend": trend,
        "need_types": known.need_types, "goal": queries.goal_of(fit, urn),
        "issued_elsewhere": queries.issued_to(fit, urn), "model_until": fit.until,
        "definition_version": fit.definition_version,
        "register_on": fit.snapshot.on.isoformat(),
    }  # fmt: skip
