"""From everything that is known of a school to findings with their evidence: the draft."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import polars as pl

from schoolhubs.diagnosis.finding import behaving, figures, said
from schoolhubs.diagnosis.finding.ranking import ranked
from schoolhubs.diagnosis.finding.reading.inputs import Inputs
from schoolhubs.diagnosis.finding.rules import is_outside, stored
from schoolhubs.vocabulary.records.diagnosis import Barrier, Diagnosis, Evidence, Finding, Missing
from schoolhubs.vocabulary.root_causes import root_causes

Spoken = tuple[str, Evidence]
GAP_TITLE = "Staff and pupils see it differently: {}"


def diagnose(inputs: Inputs) -> Diagnosis:
    """Draft findings: every root cause that anything speaks of, with its evidence, in order.

    Pure: the same inputs give the same draft. What lies outside the school becomes a barrier and
    never a finding. Nothing of a pupil is in it, as nothing of a pupil is in the inputs.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.diagnosis import Observation
    >>> seen = Observation(
    ...     observation_id="o1", root_cause="routines_differ", by="school", says="for",
    ...     text="Three of five lessons began without the routine.",
    ... )
    >>> draft = diagnose(Inputs(urn="900001", setting="mainstream", observations=(seen,)))
    >>> [(each.finding_id, each.how_sure) for each in draft.findings]
    [('routines_differ', 'said')]
    """
    by_cause: dict[str, list[Evidence]] = defaultdict(list)
    for root_cause, evidence in _spoken(inputs):
        by_cause[root_cause].append(evidence)
    findings = [
        _finding(name, name, root_causes()[name].title, by_cause[name])
        for name in root_causes()
        if name in by_cause and not is_outside(name) and _is_for(name, inputs.setting)
    ]
    for finding_id, root_cause, evidence in said.gaps(inputs.scores):
        scale = evidence.measure.removeprefix("gap_")
        findings.append(_finding(finding_id, root_cause, GAP_TITLE.format(scale), [evidence]))
    return Diagnosis(
        urn=inputs.urn, rules_version=str(stored()["version"]), inputs=inputs.files,
        findings=ranked(findings), barriers=_barriers(inputs.barriers, by_cause),
        missing=tuple(_missing(inputs)),
    )  # fmt: skip


def _spoken(inputs: Inputs) -> Iterator[Spoken]:
    if inputs.marks is not None:
        yield from figures.of_marks(inputs.marks)
    if inputs.target is not None:
        yield from figures.of_target(inputs.target, inputs.marks)
    if inputs.behaviour is not None:
        yield from behaving.of_behaviour(inputs.behaviour)
    for name, scores in said.newest(inputs.scores).items():
        yield from said.of_survey(name, scores)
    if inputs.self_assessment is not None:
        yield from said.of_self_assessments(inputs.self_assessment)
    yield from said.of_observations(inputs.observations)


def _is_for(root_cause: str, setting: str) -> bool:
    return setting in root_causes()[root_cause].settings


def _finding(finding_id: str, root_cause: str, title: str, evidence: list[Evidence]) -> Finding:
    order = {kind: at for at, kind in enumerate(stored()["would_change"])}
    held = sorted(evidence, key=lambda each: (order.get(each.kind, len(order)), each.says != "for"))
    return Finding(
        finding_id=finding_id, root_cause=root_cause, title=title,
        topics=root_causes()[root_cause].topics, evidence=tuple(held),
        would_change=_would_change(held), differ=tuple(_differ(held, finding_id)),
    )  # fmt: skip


def _would_change(evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Say what would change a finding: what is missing or undecided, and the opposite figure."""
    words = stored()["would_change"]
    decided = {each.kind for each in evidence if each.says != "cannot_tell"}
    lacking = [words[kind] for kind in words if kind != "decided" and kind not in decided]
    figures_held = decided - set(stored()["opinions"])
    return (*([words["decided"]] if figures_held else ()), *lacking)


def _differ(evidence: Sequence[Evidence], finding_id: str) -> Iterator[str]:
    """Say who sees it otherwise than whom; nobody is outvoted."""
    if finding_id.startswith("gap_"):
        yield evidence[0].text
        return
    by: dict[str, set[str]] = defaultdict(set)
    for each in evidence:
        if each.by and each.says in ("for", "against"):
            by[each.by].add(each.says)
    speaking = [name for name in sorted(by) if "for" in by[name]]
    denying = [name for name in sorted(by) if "against" in by[name]]
    if speaking and denying and (set(speaking) != set(denying) or len(by) > 1):
        yield f"{_and(speaking)} speak for it, {_and(denying)} against it."
    elif speaking and denying:
        yield f"Among {_and(speaking)} some speak for it and some against it."
    for each in evidence:
        if each.kind == "self_assessment" and each.text.startswith("The team differs"):
            yield each.text


def _and(names: Sequence[str]) -> str:
    words = [name.replace("_", " ") for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _barriers(
    recorded: Sequence[Barrier], by_cause: Mapping[str, Iterable[Evidence]]
) -> tuple[Barrier, ...]:
    """Put the evidence on what lies outside beside what was recorded of it."""
    known = {each.root_cause: each for each in recorded}
    found = []
    for name, each in root_causes().items():
        if each.side != "outside" or (name not in known and name not in by_cause):
            continue
        held = known.get(name) or Barrier(root_cause=name, body=each.body)
        found.append(
            Barrier(
                root_cause=name, title=each.title, extent=held.extent, body=held.body or each.body,
                referral=held.referral, referred_on=held.referred_on, answer=held.answer,
                answered_on=held.answered_on, evidence=tuple(by_cause.get(name, ())),
            )
        )  # fmt: skip
    return tuple(found)


def _missing(inputs: Inputs) -> Iterator[Missing]:
    """Say what nobody brought: missing is missing, and speaks neither for nor against."""
    sides = {
        str(each["respondents"][0]) for each in inputs.scores.values() if each.height
    }  # fmt: skip
    finished = inputs.self_assessment is not None and (
        inputs.self_assessment["finished_on"].is_not_null().any()
    )
    held = {
        "marks": inputs.marks is not None, "behaviour": inputs.behaviour is not None,
        "pupil_survey": "pupils" in sides, "staff_survey": "staff" in sides,
        "self_assessment": finished, "observation": bool(inputs.observations),
        "target": inputs.target is not None,
    }  # fmt: skip
    for kind, text in stored()["missing"].items():
        if not held[kind]:
            yield Missing(kind=kind, text=text)
    if inputs.behaviour is not None:
        absent = inputs.behaviour.filter(pl.col("cut") == "all", pl.col("reason") != "")
        for row in absent.rows(named=True):
            text = f"{behaving.named(row['measure'])}: {row['reason']}"
            yield Missing(kind="behaviour", text=text)
