"""A school's target as a page that a headteacher can take to governors."""

from schoolhubs.vocabulary.records.school.target import AttendanceTarget
from schoolhubs.vocabulary.words import in_words

ADDRESSED = {
    "last_year": "Last year",
    "earlier_years": "Years before that",
    "fsm": "Free school meals",
    "sen": "Special educational needs",
    "eal": "Language",
    "size_region": "Size and region",
}
ROUND = 1e-6  # shares nearer than this to a whole number of tenths are told in tenths
USUAL_CHANCE = (
    "Some schools meet such a target with no change at all, and a school that does everything "
    "right can miss it: so it is a place to start from, not a verdict."
)


def told(target: AttendanceTarget) -> str:
    """Say it all in plain lines: figures first, then why, then beside whom, then what to mind."""
    parts = [_headline(target), _why(target), _beside(target), _learn_from(target)]
    if target.trend:
        parts.append(_trend(target))
    if target.need_types:
        parts.append([f"Needs it provides for: {target.need_types}."])
    if target.notes:
        parts.append(["To bear in mind", *(f"  - {note}" for note in target.notes)])
    parts.append(_footing(target))
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def parts(target: AttendanceTarget) -> dict[str, tuple[str, ...]]:
    """Give the lines of :func:`told` by section and without indents, for pages that lay them out.

    The same sentences stand in both, so that nobody reads two versions of one target.
    """
    sections = {
        "headline": _headline(target)[1:],
        "why": _why(target)[:1],
        "learn_from": _learn_from(target)[:1],
        "footing": _footing(target)[1:],
    }
    return {name: tuple(line.strip() for line in lines) for name, lines in sections.items()}


def _headline(target: AttendanceTarget) -> list[str]:
    lines = [f"{target.school_name} (URN {target.urn}): attendance target for {target.year}"]
    if target.last_year_percent is not None:
        lines.append(
            f"  Last year {target.last_year_percent:.1f} % of sessions were missed; without what "
            f"was probably chance, {target.baseline_percent:.1f} %."
        )
    lines.append(
        f"  If nothing changes, expect {target.expected_percent:.2f} %. {_most(target)} end the "
        f"year between {target.low_percent:.1f} and {target.high_percent:.1f} %."
    )
    if target.target_percent is None:
        lines.append("  No target is set automatically: a person sets a goal for this school.")
    else:
        lines += _target(target)
        lines += _more_than_last_year(target)
    lines.append(
        f"  With other pupils like these on roll, its year would differ by about "
        f"{target.chance_size_percent:.1f} points up or down: that is chance. How far this "
        "school’s own pupils may move its next year is another matter: the interval above says it."
    )
    if target.official is not None:
        lines.append(
            f"  {target.official.issued_by} issued {target.official.percent:.1f} % on "
            f"{in_words(target.official.issued_on)}. It was worked out elsewhere, "
            "by a method we do not know."
        )
    return lines


def _most(target: AttendanceTarget) -> str:
    """Say how many schools the interval is meant to hold, as people say it."""
    if target.interval_share is None:  # kept by a version that did not say it
        return "Most schools like it"
    in_ten = 10 * target.interval_share
    if abs(in_ten - round(in_ten)) < ROUND:
        return f"About {in_ten:.0f} in 10 schools like it"
    return f"About {10 * in_ten:.0f} in 100 schools like it"


def _target(target: AttendanceTarget) -> list[str]:
    assert target.target_percent is not None
    ask = target.expected_percent - target.target_percent
    chance = 0.0 if target.chance_unaided is None else target.chance_unaided
    asked = f"{ask:.2f} points less than that" if ask >= 0.005 else "to hold that"
    return [
        f"  Target: {target.target_percent:.2f} %, {asked}.",
        f"  Chance of meeting it with no change in practice: {100 * chance:.0f} %. " + USUAL_CHANCE,
    ]


def _more_than_last_year(target: AttendanceTarget) -> list[str]:
    """Say why a target lies above last year's figure; nothing where it does not, as published."""
    last, aim = target.last_year_percent, target.target_percent
    if last is None or aim is None or round(aim, 2) <= round(last, 2):
        return []
    return [
        (
            f"  The target is more absence than last year’s {last:.1f} %, because last year was "
            "probably in part luck: it came out lower than the school’s earlier years and its "
            "pupils would lead anyone to expect, and after such a year absence usually rises "
            f"again, here to {target.expected_percent:.2f} % with no change. The target asks the "
            "school to keep part of what it gained; to stay at last year’s figure is better still."
        )
    ]


def _why(target: AttendanceTarget) -> list[str]:
    lines = [
        (
            f"Why {target.expected_percent:.2f} %: from {target.phase_mean_percent:.2f} %, the "
            f"national figure of {target.phase} schools in {target.national_year}"
        )
    ]
    lines += [
        f"  {each.points + 0.0:+.2f}  {ADDRESSED[each.kind]}: {each.said}".replace("-0.00", " 0.00")
        for each in target.contributions
    ]
    lines.append(f"  ={target.expected_percent:5.2f}  (pieces are rounded)")
    return lines


def _beside(target: AttendanceTarget) -> list[str]:
    if not target.comparators:
        return []
    lines = [
        (
            f"{len(target.comparators)} schools of the likest context, for comparison only; "
            "absence of the year before"
        )
    ]
    for each in target.comparators:
        absence = "  -  " if each.absence_percent is None else f"{each.absence_percent:4.1f} %"
        lines.append(f"  {absence}  {each.school_name} ({each.urn}): {each.why}")
    return lines


def _learn_from(target: AttendanceTarget) -> list[str]:
    if not target.visits:
        return []
    lines = ["Worth a visit: like this school, better than their own context lets expect, near"]
    lines += [
        f"  {each.minutes:3.0f} min  {each.school_name} ({each.urn}), "
        f"{each.better_percent:.1f} points better: {each.why}"
        for each in target.visits
    ]
    return lines


def _trend(target: AttendanceTarget) -> list[str]:
    lines = ["Earlier years, and points above (+) or below (-) the national figure of each"]
    lines += [f"  {year}  {percent:4.1f} %  {place:+.1f}" for year, percent, place in target.trend]
    return lines


def _footing(target: AttendanceTarget) -> list[str]:
    return [
        "What this is not",
        (
            "  The target moves with the national figure at year end: a bad winter for everybody "
            "is no failure of one school. Absence for illness, medical or religious reasons, a "
            "suspension or a part-time timetable is in these figures, and is never a ground for a "
            "sanction. A figure, a comparator or a context value that is wrong can be challenged: "
            "the target is worked out again and both are kept."
        ),
        (
            f"  Model up to {target.model_until}, definition {target.definition_version}, school "
            f"register of {in_words(target.register_on)}."
        ),
    ]
