"""A school's attendance target, explained."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router

from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.api.schemas.schools import TargetOf
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.explaining import explanation_of
from schoolhubs.service.targets.page.reach import may_read

router = Router()


@router.get(
    "/targets/{urn:urn}", response=TargetOf, url_name="api-target", operation_id="read_target",
    summary="Read a school’s attendance target", openapi_extra=behaves(scope="read:targets"),
)  # fmt: skip
def read_target(
    request: AskedRequest, urn: Annotated[str, Path(pattern=URN, description="The school.")]
) -> dict[str, Any]:
    """Give what is expected of a school, its target, how sure that is, and all that explains it."""
    refuse_others(request.asking.actor, is_own=may_read(request.asking.actor, urn))
    fit, target = queries.standing(urn)
    explained = explanation_of(target, at=request.asking.at) if target else None
    if fit is None or target is None or explained is None:
        raise Http404
    whole = explained.target.as_dict()
    pieces = [
        {**each, "piece": explained.titles[each["kind"]]} for each in whole["contributions"]
    ]  # fmt: skip
    return {
        **whole,
        "contributions": pieces,
        "trend": [
            {"year": year, "absence_percent": percent, "points_from_national": place}
            for year, percent, place in explained.target.trend
        ],
        "version": target.version,
        "amended_because": target.amended_because,
        "is_hindsight": fit.is_hindsight,
        "is_synthetic": fit.snapshot.is_synthetic,
        "goal": queries.goal_of(fit, urn),
        "issued_elsewhere": queries.issued_to(fit, urn),
    }
