"""Scores of a school's closed surveys."""

from typing import Annotated, Any

from django.utils import timezone
from ninja import Path, Router

from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations.diagnosing.schemas import SurveysOf
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.sharing import queries as sharing
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.models import KeptScores, Survey

router = Router()


@router.get(
    "/surveys/{urn:urn}", response=SurveysOf, url_name="api-surveys", operation_id="read_surveys",
    summary="Read what a school’s closed surveys show", openapi_extra=behaves(scope="read:surveys"),
)  # fmt: skip
def read_surveys(
    request: AskedRequest, urn: Annotated[str, Path(pattern=URN, description="The school.")]
) -> dict[str, Any]:
    """Give the scores of every closed survey, small groups hidden; no answer and no comment.

    A hub's lead is told them where an agreement with the school says so, and that is noted.
    """
    asking = request.asking
    by = sharing.agreement_for(asking.actor, urn, "surveys", timezone.localdate(asking.at))
    is_own = reach.may_read(asking.actor, urn)
    refuse_others(asking.actor, is_own=is_own or by is not None)
    if by is not None and not is_own:
        sharing.note_use(by, "surveys", how="asked", at=asking.at, place=asking.place, **asking.who)
    scored = [(each, queries.scores_of(each)) for each in queries.closed_surveys(urn)]
    return {"urn": urn, "surveys": [_told(each, kept) for each, kept in scored if kept]}


def _told(survey: Survey, kept: KeptScores) -> dict[str, Any]:
    record = kept.record
    return {
        "wave": "+".join(each.wave for each in queries.waves_of(survey)),
        "respondents": survey.respondents,
        "questionnaire": survey.instrument_id,
        "version": survey.instrument_version,
        "closed_on": survey.closed_on,
        **{name: record[name] for name in ("warnings", "response", "scores", "changes")},
    }
