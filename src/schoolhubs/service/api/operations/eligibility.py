"""May a school join, and why: every rule of every programme."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Query, Router

from schoolhubs.service.api.manners.saying import Table, behaves
from schoolhubs.service.api.operations.schools import register, school_of
from schoolhubs.service.api.schemas.eligibility import Eligibility, Reason
from schoolhubs.service.eligibility import queries
from schoolhubs.vocabulary.records.rules import RulesAsAt

router = Router()
COLUMNS = (
    "urn", "school_name", "programme_id", "definition_version", "on", "pathway", "pathway_verdict",
    *Reason.model_fields,
)  # fmt: skip


def reasons(answer: Mapping[str, Any]) -> Table:
    """Give a row for each rule of each pathway."""
    rows = [
        {
            "urn": answer["urn"],
            "school_name": answer["name"],
            "programme_id": programme["programme_id"],
            "definition_version": programme["definition_version"],
            "on": programme["on"],
            "pathway": pathway["pathway"],
            "pathway_verdict": pathway["verdict"],
            **reason,
        }
        for programme in answer["programmes"]
        for pathway in programme["pathways"]
        for reason in pathway["reasons"]
    ]
    return COLUMNS, rows


@router.get(
    "/eligibility/{urn:urn}", response=Eligibility, url_name="api-eligibility",
    operation_id="read_eligibility", summary="May a school join, and why?",
    openapi_extra=behaves(table=reasons),
)  # fmt: skip
def read_eligibility(
    request: HttpRequest,  # noqa: ARG001
    urn: str,
    programme_id: Annotated[
        str,
        Query(max_length=60, description="One programme the service runs; blank for all of them."),
    ] = "",
) -> dict[str, Any]:
    """Answer for one school on every pathway, rule by rule, with the hubs nearest to it.

    As CSV, a row for each rule of each pathway.
    """
    if programme_id and programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    snapshot = register()
    one = school_of(snapshot, urn)
    said = [
        _programme(each)
        for each in queries.answers(snapshot, one)
        if programme_id in {"", each.rules.programme_id}
    ]
    return {"urn": urn, "name": one.name, "school_register": snapshot, "programmes": said}


def _programme(answer: queries.ProgrammeAnswer) -> dict[str, Any]:
    rules = answer.rules
    return {
        **rules_of(rules),
        "are_answers_assumed": True,
        "may_join": answer.may_join,
        "pathways": [_pathway(rules, each) for each in answer.pathways],
        "hubs": answer.likely_hubs,
    }


def _pathway(rules: RulesAsAt, answer: queries.PathwayAnswer) -> dict[str, Any]:
    asks = {each.rule: each.asks for each in rules.eligibility}
    return {
        "pathway": answer.pathway.pathway,
        "name": answer.pathway.name,
        "verdict": answer.decision.verdict.value,
        "reasons": [
            {**each.as_dict(), "verdict": each.verdict.value, "asks": asks.get(each.rule, "")}
            for each in answer.decision.reasons
        ],
    }


def rules_of(rules: RulesAsAt) -> dict[str, Any]:
    """Say by which rules, on which day, something was answered."""
    names = ("programme_id", "title", "definition_version", "cohort_id", "on", "rules_on")
    flags = ("is_rehearsal", "is_over")
    return {name: getattr(rules, name) for name in (*names, *flags)}
