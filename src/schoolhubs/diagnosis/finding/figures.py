"""What figures of attendance speak for: marks, and the target they are held against."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from schoolhubs.diagnosis.finding.rules import difference, share, stored
from schoolhubs.vocabulary.records.diagnosis import Evidence
from schoolhubs.vocabulary.words import signed

Spoken = tuple[str, Evidence]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
CAUSES = {
    "no_reason": "no reason established",
    "holiday": "a holiday not granted",
    "other_unauthorised": "other absence without leave",
}
NEED = {"sen": "special educational needs", "fsm": "free school meals"}
COMPARED = {
    "last_year": "the same half-term a year before",
    "last_half_term": "the half-term before",
}


def of_marks(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    """Say what a school's marks speak for: who, when, why, first weeks, and what changed."""
    yield from (
        *_standing_out(marks),
        *_prompted(marks),
        *_changed(marks),
        *_first_weeks(marks),
        *_part_time(marks),
        *_gaps(marks),
    )


def _mark(marks: Mapping[str, Any], measure: str, says: str, text: str, **more: Any) -> Evidence:
    source = f"marks.json: {more.pop('where')}"
    return Evidence(
        kind="marks", measure=measure, says=says, text=text, series="own marks",
        year=str(marks["year"]), source=source, **more,
    )  # fmt: skip


def _standing_out(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    rules = stored()["marks"]
    found = [each for each in marks["standing_out"] if each["finding"] == "more"]
    for each in found:
        is_day = each["kind"] == "weekday"
        named = WEEKDAYS[int(each["name"]) - 1] + "s" if is_day else f"Year {each['name']}"
        low, high = round(each["low"], 1), round(each["high"], 1)
        text = (
            f"More is missed {'on' if is_day else 'in'} {named} than of the others: by {low} to "
            f"{high} percentage points."
        )
        is_entry = each["name"] in rules["entry_year_groups"]["value"]
        group = rules["entry_year_group" if is_entry else "other_year_group"]
        yield (
            rules["weekday"] if is_day else group,
            _mark(
                marks, f"{each['kind']}_{each['name']}", "for", text, low=low, high=high,
                unit="percentage points", strength="clear",
                where=f"standing_out, {each['kind']} {each['name']}",
            ),
        )  # fmt: skip
    if not any(each["kind"] == "weekday" for each in found):
        text = "No weekday stands out from the others beyond chance."
        yield (
            rules["weekday"],
            _mark(marks, "weekday", "cannot_tell", text, strength="unclear", where="standing_out"),
        )


def _prompted(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    """Read what may stand near a penalty from prompts, which no protected session is part of."""
    causes = stored()["marks"]["prompts"]
    for each in marks["prompts"]:
        if each["kind"] == "cause" and each["name"] in causes:
            percent = round(100 * each["share"], 1)
            text = (
                f"Of the absence that nobody protects, most is {CAUSES[each['name']]}: about "
                f"{percent:.0f} % of its sessions, more than any other beyond chance."
            )
            yield (
                causes[each["name"]],
                _mark(
                    marks, each["name"], "for", text, value=percent, strength="clear",
                    unit="percent of unprotected missed sessions",
                    where=f"prompts, cause {each['name']}",
                ),
            )  # fmt: skip


def _changed(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    rules = stored()["marks"]
    for each in marks["changes"]:
        is_all = each["kind"] == "all"
        is_suspension = each["kind"] == "cause" and each["what"] == "suspension"
        if not ((is_all and each["compared"] == "last_year") or is_suspension):
            continue
        what = "Absence" if is_all else "Sessions missed by suspension"
        than = COMPARED.get(each["compared"], each["compared"])
        says = {"rose": "for", "fell": "against"}.get(each["finding"], "cannot_tell")
        if each["points"] is None or says == "cannot_tell":
            said = (
                "cannot be told apart from" if each["points"] is not None else "cannot be held to"
            )
            text, says, strength = f"{what} {said} {than}.", "cannot_tell", "unclear"
        else:
            text = (
                f"{what} {each['finding']} by {signed(each['points'])} percentage points "
                f"({signed(each['low'])} to {signed(each['high'])}) against {than}."
            )
            strength = "clear"
        yield (
            rules["rose"] if is_all else rules["suspension"]["root_cause"],
            _mark(
                marks, f"change_{each['what']}_{each['compared']}", says, text, strength=strength,
                value=each["points"], low=each["low"], high=each["high"], unit="percentage points",
                where=f"changes, {each['what']}, {each['compared']}",
            ),
        )  # fmt: skip


def _rows(marks: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = marks["tables"].get(name) or ()
    return found


def _first_weeks(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    rows = {(row["term"], row["part"], row["what"]): row for row in _rows(marks, "first_weeks")}
    for term, root_cause in stored()["marks"]["first_weeks"].items():
        rates: list[float] = []
        for part in ("first weeks", "rest"):
            missed, possible = (rows.get((term, part, what), {}) for what in ("missed", "possible"))
            if not (missed.get("sessions") and possible.get("sessions") and possible.get("pupils")):
                break
            rates += [100 * missed["sessions"] / possible["sessions"], possible["pupils"]]
        else:
            text = f"In the first two weeks of the {term} term {{}} is missed than in its rest"
            yield from _difference(
                marks, f"first_weeks_{term}", root_cause, rates, text, f"tables.first_weeks, {term}"
            )


def _gaps(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    for cut, rule in stored()["marks"]["gaps"].items():
        rows = {row[cut]: row for row in _rows(marks, cut)}
        rates: list[float] = []
        for label in (rule["group"], rule["against"]):
            row = rows.get(label, {})
            if row.get("sess_overall_percent") is None or not row.get("enrolments"):
                break
            rates += [row["sess_overall_percent"], row["enrolments"]]
        else:
            text = f"Pupils with {NEED[cut]} miss {{}} than pupils without"
            yield from _difference(
                marks, f"gap_{cut}", rule["root_cause"], rates, text, f"tables.{cut}"
            )


def _difference(
    marks: Mapping[str, Any], measure: str, root_cause: str, rates: list[float], text: str,
    where: str,
) -> Iterator[Spoken]:  # fmt: skip
    """Tell a difference of two rates of absence; less is no evidence against, only more is for."""
    points, low, high = (round(each, 1) for each in difference(*rates))
    if low > 0:
        said, says, strength = text.format("more"), "for", "clear"
    else:
        said, says, strength = text.format("not clearly more"), "cannot_tell", "unclear"
    figures = f"{signed(points)} percentage points, {signed(low)} to {signed(high)}"
    yield (
        root_cause,
        _mark(
            marks, measure, says, f"{said} ({figures}).", value=points, low=low, high=high,
            n=int(rates[1]), unit="percentage points", strength=strength, where=where,
        ),
    )  # fmt: skip


def _part_time(marks: Mapping[str, Any]) -> Iterator[Spoken]:
    rule = stored()["marks"]["part_time"]
    whole = next((row for row in _rows(marks, "year_group") if row["year_group"] == "all"), {})
    if whole.get("part_time") is None or not whole.get("enrolments"):
        return
    value, low, high = (
        round(each, 1) for each in share(whole["part_time"], whole["enrolments"])
    )  # fmt: skip
    is_for = low > rule["at_least"]
    yield (
        rule["root_cause"],
        _mark(
            marks, "part_time", "for" if is_for else "cannot_tell",
            f"About {value} % of pupils had sessions on a part-time timetable ({low} to {high} %).",
            value=value, low=low, high=high, n=whole["enrolments"], unit="percent of pupils",
            strength="clear" if is_for else "unclear", where="tables.year_group, all",
        ),
    )  # fmt: skip


def of_target(target: Mapping[str, Any], marks: Mapping[str, Any] | None) -> Iterator[Spoken]:
    """Hold the absence of a school's own marks against what was expected of it that year."""
    rows = _rows(marks, "year_group") if marks else ()
    whole = next((row for row in rows if row["year_group"] == "all"), {})
    own, low, high = (
        whole.get("sess_overall_percent"),
        target["low_percent"],
        target["high_percent"],
    )
    if own is None or low is None or high is None or marks is None:
        text = "Own marks and an expectation of one year are not both there."
        says, strength = "cannot_tell", "unclear"
    elif marks["year"] != target["year"]:
        text = f"The expectation is for {target['year']} and the marks are of {marks['year']}."
        says, strength = "cannot_tell", "unclear"
    else:
        is_over, is_under = own > high, own < low
        says = "for" if is_over else "against" if is_under else "cannot_tell"
        where = "above" if is_over else "below" if is_under else "within"
        strength = "unclear" if where == "within" else "figure"
        text = (
            f"{own} % of sessions were missed so far, {where} the {low} to {high} % expected of "
            f"the year with no change in practice. The year is not over."
        )
    yield (
        stored()["target"],
        Evidence(
            kind="target", measure="expected_absence", says=says, text=text, strength=strength,
            value=own, unit="percent of sessions", low=low, high=high, series="attendance target",
            year=str(target["year"]), source="target.json",
        ),
    )  # fmt: skip
