"""What makes up one school's expectation, in points that add up and in words."""

import dataclasses

import numpy as np

from schoolhubs.targets.expecting import Worked
from schoolhubs.targets.model.record import PARTS
from schoolhubs.targets.model.scale import points, steepness
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.target import Contribution

FLAT = 1e-9  # log-odds below which the slope of the curve is taken instead of a chord


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _School:
    """What of a worked-out phase concerns one school, as plain numbers."""

    worked: Worked
    row: int

    def share(self, name: str) -> float:
        return 100 * float(self.worked.at.shares[name][self.row])

    @property
    def roll(self) -> float:
        return float(self.worked.at.roll[self.row])


def contributions(worked: Worked, urn: str, year: str) -> tuple[Contribution, ...]:
    """Split a school's expectation into at most six pieces, largest first.

    The pieces add up to the expectation less the national figure of the phase. Work is done on
    log-odds, where the pieces are plain sums; each then gets its part of the points.
    """
    row = int(np.flatnonzero(worked.urns == urn)[0])
    school = _School(worked=worked, row=row)
    pieces = _log_odds(worked, row)
    total = sum(pieces.values())
    variance = worked.said.kept.variance[row : row + 1]
    level = np.array([worked.level])
    start, end = points(level, variance)[0], points(level + total, variance)[0]
    chord = (end - start) / total if abs(total) > FLAT else float(steepness(level)[0])
    in_points = {kind: chord * piece for kind, piece in pieces.items()}
    # What bending the curve adds for every school of the phase belongs to no one input, nor does
    # the last digit that rounding leaves.
    expected = float(worked.frame["expected_percent"][row])
    in_points["size_region"] += expected - worked.national_percent - sum(in_points.values())
    said = _said(school, year)
    found = [
        Contribution(kind=kind, points=float(value), said=said[kind])
        for kind, value in in_points.items()
    ]
    return tuple(sorted(found, key=lambda each: -abs(each.points)))


def _log_odds(worked: Worked, row: int) -> dict[str, float]:
    """Give the pieces in log-odds, only those whose input the school has."""
    said, part = worked.said, worked.part
    weights = said.kept.next_weights[row]
    seen = np.isfinite(worked.at.place[row])
    place = said.distance[row] + said.of_context[row]
    rest = 1.0 - float(weights[seen].sum())
    pieces = {}
    if seen[0]:
        pieces["last_year"] = float(weights[0] * place[0])
    if seen[1:].any():
        pieces["earlier_years"] = float((weights[1:] * place[1:])[seen[1:]].sum())
    kinds = {kind: rest * float(values[row]) for kind, values in said.kinds.items()}
    if not PARTS[worked.part_name]:
        kinds.pop("fsm")
    if worked.part_name != "full":
        kinds.pop("sen")
        kinds.pop("eal")
    kinds["size_region"] += rest * part.intercept + part.offset
    return pieces | kinds


def _said(school: _School, year: str) -> dict[str, str]:
    worked, row = school.worked, school.row
    said = {}
    if np.isfinite(worked.at.place[row, 0]):
        said["last_year"] = _last_year(school, year)
    said["earlier_years"] = _earlier(school, year)
    fsm = PARTS[worked.part_name]
    if fsm:
        span = " in the last six years" if fsm[0] == "fsm_ever_percent" else ""
        said["fsm"] = f"{school.share(fsm[0]):.0f} % of pupils had free school meals{span}."
    if worked.part_name == "full":
        support, plan = school.share("sen_support_percent"), school.share("ehc_plan_percent")
        said["sen"] = f"{support:.0f} % of pupils have SEN support and {plan:.1f} % an EHC plan."
        eal = school.share("eal_percent")
        said["eal"] = f"{eal:.0f} % of pupils speak English as an additional language."
    region = str(worked.at.regions[row])
    placed = f", in {region}" if fsm else ""
    said["size_region"] = (
        f"A school of {school.roll:,.0f} pupils{placed}. Large schools count for more in the "
        "national figure, so even a usual school differs from it a little."
    )
    return said


def _last_year(school: _School, year: str) -> str:
    worked, row = school.worked, school.row
    before = AcademicYear(year).plus(-1)
    percent = worked.frame["last_year_percent"][row]
    kept = 100 * float(worked.said.kept.next_weights[row, 0])
    return (
        f"Absence in {before} was {percent:.1f} %. Of what sets a year apart from the usual, "
        f"about {kept:.0f} % lasts into the next in a school like this; the rest was chance."
    )


def _earlier(school: _School, year: str) -> str:
    worked, row = school.worked, school.row
    seen = np.flatnonzero(np.isfinite(worked.at.place[row, 1:])) + 2
    if not len(seen):
        return ""
    first, last = AcademicYear(year).plus(-int(seen.max())), AcademicYear(year).plus(-int(seen[0]))
    weights = worked.said.kept.next_weights[row, seen - 1]
    together = float((weights * worked.at.place[row, seen - 1]).sum())
    side = "above" if together > 0 else "below"
    several = f"In {first} to {last}, the newer years counting most, the school stood"
    when = several if first != last else f"In {first} the school stood"
    return f"{when} {side} the national figure of the time."
