"""Why a school was matched with its hub."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.api.manners.asking import AskedRequest
from schoolhubs.service.api.manners.saying import behaves
from schoolhubs.service.api.operations.programmes import ProgrammeId
from schoolhubs.service.api.schemas.common import URN
from schoolhubs.service.api.schemas.matches import MatchOf
from schoolhubs.service.matching import queries
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.page import explained
from schoolhubs.service.partnerships.queries import reader_of, round_for
from schoolhubs.vocabulary.records.matching import Price
from schoolhubs.vocabulary.words import price_in_words

router = Router()


@router.get(
    "/matches/{slug:programme_id}/{urn:urn}", response=MatchOf, url_name="api-match",
    operation_id="read_match", summary="Why this hub?",
    openapi_extra=behaves(scope="read:matches"),
)  # fmt: skip
def read_match(
    request: AskedRequest,
    programme_id: ProgrammeId,
    urn: Annotated[str, Path(pattern=URN, description="The partner school.")],
) -> dict[str, Any]:
    """Explain a school's place in the published round: the drive, five factors, the next hubs."""
    actor = request.asking.actor
    round_ = round_for(actor, programme_id, urn)
    place = queries.placement(round_, urn) if round_ else None
    if round_ is None or place is None:
        raise Http404
    is_own = reach.is_of_match(actor, urn, reader_of(round_, place))
    refuse_others(actor, is_own=is_own)
    return _told(round_, explained.explain(round_, place, queries.rules_of(round_)))


def _told(round_: Round, why: explained.Why) -> dict[str, Any]:
    place, record = why.place, why.place.record
    named = ("urn", "name", "outcome", "pathway", "lead_urn", "minutes", "is_exception")
    return {
        **{name: getattr(place, name) for name in named},
        "programme_id": round_.programme_id,
        "cohort_id": round_.cohort_id,
        "round_id": round_.pk,
        "on": round_.on,
        "is_synthetic": round_.is_synthetic,
        "is_proven_optimal": bool(round_.summary.get("is_proven_optimal")),
        "sentence": why.sentence,
        "pathway_name": why.pathway_name,
        "lead_name": why.lead.name if why.lead else "",
        "minutes_low": record.get("minutes_low"),
        "minutes_high": record.get("minutes_high"),
        "band_share": round_.record["travel"]["band_share"] if why.lead else None,
        "travel_source": record.get("travel_source") or "",
        "exception_reason": record.get("exception_reason") or "",
        "factors": why.factors,
        "options": [_option(each) for each in why.options],
    }


def _option(option: explained.Option) -> dict[str, Any]:
    names = ("lead_urn", "lead_name", "minutes", "blocked_by")
    told = {name: getattr(option, name) for name in names}
    if not option.price:
        return {**told, "price": None}
    price = Price(**{name: value or 0 for name, value in option.price.items()})  # type: ignore[arg-type]
    return {**told, "price": {**price.as_dict(), "words": price_in_words(price)}}
