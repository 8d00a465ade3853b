"""What of a target counts otherwise than it was published, because a challenge was upheld."""

import dataclasses
from collections.abc import Iterable, Sequence

from schoolhubs.service.targets.challenges.disputable import ROLLS, words_of
from schoolhubs.service.targets.models import Challenge, ChallengeState, Disputed, SchoolTarget

# The piece of an expectation that a figure of context goes into.
PIECES = {
    "fsm_percent": "fsm", "fsm_ever_percent": "fsm", "sen_support_percent": "sen",
    "ehc_plan_percent": "sen", "eal_percent": "eal", "enrolments": "size_region",
    "n_pupils": "size_region",
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Upheld:
    """One thing that counts otherwise: what was published, and what counts in its stead."""

    kind: str
    name: str
    published: float | None
    counts: float | None

    @property
    def said(self) -> str:
        """Say both figures."""
        thing = words_of(self.kind, self.name)
        return (
            f"{thing[0].upper()}{thing[1:]}: published {figure(self.name, self.published)}; since "
            f"a challenge was upheld, {figure(self.name, self.counts)} counts here."
        )


def figure(name: str, value: float | None) -> str:
    """Say a figure that can be disputed, with its unit.

    >>> figure("2024/25", 10.12), figure("enrolments", 1210), figure("eal_percent", None)
    ('10.12 %', '1,210 pupils', 'not known')
    """
    if value is None:
        return "not known"
    return f"{value:,.0f} pupils" if name in ROLLS else f"{value:.2f} %"


def upheld_in(row: SchoolTarget) -> list[Upheld]:
    """Give what counts otherwise in a version of a target than it was published."""
    found: dict[tuple[str, str], Upheld] = {}
    for each in row.replaced:
        key = each["kind"], each["name"]
        if each["kind"] == Disputed.COMPARATOR:
            continue
        published = found[key].published if key in found else each["before"]
        found[key] = Upheld(
            kind=key[0], name=key[1], published=published, counts=each["after"]
        )  # fmt: skip
    return [each for each in found.values() if each.published != each.counts]


def years_of(upheld: Iterable[Upheld]) -> dict[str, Upheld]:
    """Give those that are absence of a year, by year."""
    return {each.name: each for each in upheld if each.kind == Disputed.FIGURE}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a target, what it changed of the one before, and by which challenge."""

    row: SchoolTarget
    changes: Sequence[tuple[str, Challenge | None]]


def versions(rows: Sequence[SchoolTarget], challenges: Sequence[Challenge]) -> list[Version]:
    """Tell of each version of a target what was changed, from what to what, by which challenge.

    Parameters
    ----------
    rows
        Every version, the one that stands last.
    challenges
        Those of the school, newest first.
    """
    told, before = [], 0
    for row in rows:
        changes = [
            (_change(each), _challenge_of(row, each, challenges)) for each in row.replaced[before:]
        ]
        told.append(Version(row=row, changes=changes))
        before = len(row.replaced)
    return told


def _change(each: dict[str, object]) -> str:
    kind, name = str(each["kind"]), str(each["name"])
    thing = words_of(kind, name)
    if kind == Disputed.COMPARATOR:
        return f"{thing[0].upper()}{thing[1:]}: taken out"
    was, now = (figure(name, each[key]) for key in ("before", "after"))  # type: ignore[arg-type]
    return f"{thing[0].upper()}{thing[1:]}: from {was} to {now}"


def _challenge_of(
    row: SchoolTarget, each: dict[str, object], challenges: Sequence[Challenge]
) -> Challenge | None:
    """Find the challenge that a change goes back to, also where an earlier fit was amended."""
    same = [
        one
        for one in challenges
        if one.state == ChallengeState.UPHELD
        and (one.kind, one.name, one.after) == (each["kind"], each["name"], each["after"])
    ]
    return next((one for one in same if one.amended_id == row.pk), same[0] if same else None)
