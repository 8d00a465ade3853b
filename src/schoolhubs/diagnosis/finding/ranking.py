"""The order of findings: how sure, how many independent sources, how much they weigh."""

import dataclasses
from collections.abc import Iterable, Sequence

from schoolhubs.diagnosis.finding.rules import stored, weight
from schoolhubs.vocabulary.records.diagnosis import Evidence, Finding


def ranked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Say how sure each finding is and put them in order; what cannot be told apart ties.

    What nothing but opinions speak for stands below all that figures show. Of one source only its
    strongest word counts, so that many items of one kind do not add up.

    Examples
    --------
    >>> said = Evidence(kind="observation", measure="o1", says="for", text="", strength="one")
    >>> seen = Evidence(kind="marks", measure="m", says="for", text="", strength="clear")
    >>> found = ranked(
    ...     [
    ...         Finding(finding_id="a", root_cause="a", evidence=(said,)),
    ...         Finding(finding_id="b", root_cause="b", evidence=(seen,)),
    ...     ]
    ... )
    >>> [(each.finding_id, each.rank, each.how_sure) for each in found]
    [('b', 1, 'likely'), ('a', 2, 'said')]
    """
    told = [(*_standing(each.evidence), each) for each in findings]
    places = stored()["how_sure"]
    keyed = sorted(
        ((places[sure]["place"], -n_sources, -score), each.finding_id, sure, each)
        for sure, n_sources, score, each in told
    )  # fmt: skip
    found, rank = [], 0
    for at, (key, _, sure, each) in enumerate(keyed, start=1):
        if at == 1 or key != keyed[at - 2][0]:
            rank = at
        found.append(dataclasses.replace(each, rank=rank, how_sure=sure))
    return tuple(found)


def _standing(evidence: Sequence[Evidence]) -> tuple[str, int, float]:
    """Give how sure, how many sources speak for it, and their weight less that against it."""
    spoken = _strongest(evidence, "for")
    denied = _strongest(evidence, "against")
    score = sum(spoken.values()) - sum(denied.values())
    opinions = stored()["opinions"]
    has_figure = any(source[0] not in opinions for source in spoken)
    is_clear = any(each.strength == "clear" for each in evidence if each.says == "for")
    if not spoken or score <= 0:
        return "cannot_tell", len(spoken), score
    if not has_figure:
        return "said", len(spoken), score
    enough = len(spoken) >= stored()["sources_for_shown"]["value"]
    return "shown" if is_clear and enough else "likely", len(spoken), score


def _strongest(evidence: Sequence[Evidence], says: str) -> dict[tuple[str, str], float]:
    """Give the most that each source weighs; pupils and staff are two, and so are both schools."""
    found: dict[tuple[str, str], float] = {}
    for each in evidence:
        if each.says == says and weight(each.strength) > 0:
            source = (each.kind, each.by)
            found[source] = max(found.get(source, 0.0), weight(each.strength))
    return found
