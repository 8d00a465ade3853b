"""Findings as a lead sees them that is not shared the self-assessment they draw on."""

import dataclasses
from collections.abc import Iterator, Sequence

from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Evidence, Finding

SELF_ASSESSMENT = "self_assessment"
SPEAKS = {
    "for": "The team’s own answers speak for it.",
    "against": "The team’s own answers speak against it.",
    "cannot_tell": "The team’s own answers do not decide it.",
}


def without_answers(found: Diagnosis) -> Diagnosis:
    """Tell which way the team's answers speak, and neither what was answered nor by how many.

    >>> said = Evidence(kind="self_assessment", measure="at_doors", says="for", text="One says no")
    >>> finding = Finding(finding_id="a", root_cause="a", evidence=(said, said))
    >>> shown = without_answers(Diagnosis(urn="900001", findings=(finding,)))
    >>> [each.text for each in shown.findings[0].evidence]
    ['The team’s own answers speak for it.']
    """
    return dataclasses.replace(
        found,
        findings=tuple(
            dataclasses.replace(each, evidence=tuple(_told(each.evidence)), differ=_differ(each))
            for each in found.findings
        ),
        barriers=tuple(
            dataclasses.replace(each, evidence=tuple(_told(each.evidence)))
            for each in found.barriers
        ),
    )


def _differ(finding: Finding) -> tuple[str, ...]:
    """Leave out what the team differs on: it names an item and the answers to it."""
    ours = {each.text for each in finding.evidence if each.kind == SELF_ASSESSMENT}
    return tuple(each for each in finding.differ if each not in ours)


def _told(evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    told = set()
    for each in evidence:
        if each.kind != SELF_ASSESSMENT:
            yield each
        elif each.says not in told:
            told.add(each.says)
            yield Evidence(
                kind=each.kind, measure=SELF_ASSESSMENT, says=each.says, text=SPEAKS[each.says],
                by=each.by, series=each.series, year=each.year, source="self-assessment",
            )  # fmt: skip
