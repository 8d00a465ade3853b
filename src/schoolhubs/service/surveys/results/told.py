"""The tables that the results page draws and shows, from scores that were kept."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import polars as pl

from schoolhubs import diagnosis
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.results.labels import ALL
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.records.diagnosis.surveys import SurveyScores
from schoolhubs.vocabulary.words import signed

HIDDEN, WITHHELD = "c", "w"
# What is blurred is drawn at the limit it is said to pass.
AT_LIMIT = {"ge95": 95.0, "le5": 5.0}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One survey's scores and those of the wave before, for one group.

    Parameters
    ----------
    scores, before
        Of this wave, and of the wave before where there is one.
    cut, label
        The group, ``all`` for everybody.
    """

    instrument: Instrument
    wave: str
    scores: SurveyScores
    before: SurveyScores | None = None
    before_wave: str = ""
    cut: str = ALL
    label: str = ALL

    @property
    def waves(self) -> list[tuple[str, SurveyScores]]:
        """The waves shown, the oldest first."""
        now = [(self.wave, self.scores)]
        return [(self.before_wave, self.before), *now] if self.before else now

    def rows(self, scores: SurveyScores) -> dict[str, dict[str, Any]]:
        """Give the rows of the group by measure."""
        mine = scores.scores.filter(cut=self.cut, label=self.label)
        return {row["measure"]: row for row in mine.iter_rows(named=True)}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SidesScored:
    """Staff and pupils of one wave, and the gaps between them as frames.SURVEY_GAPS."""

    staff: SurveyScores
    pupils: SurveyScores
    gaps: pl.DataFrame


def groups(scores: SurveyScores) -> list[tuple[str, str]]:
    """Give the groups of which anything is shown, everybody first; no other may be chosen."""
    is_shown = pl.col("value_mark").is_null() | (pl.col("value_mark") != HIDDEN)
    found = scores.scores.filter(is_shown, pl.col("cut") != ALL).select("cut", "label").unique()
    order = list(labels.words()["labels"])
    known = [row for row in found.iter_rows() if row[0] in order]

    def place(row: tuple[str, ...]) -> tuple[int, int]:
        # A label of an older instrument that has no words any more stands last.
        known_labels = [*labels.words()["labels"][row[0]], row[1]]
        return order.index(row[0]), known_labels.index(row[1])

    return [(ALL, ALL), *((cut, label) for cut, label in sorted(known, key=place))]


def questions(seen: Seen, scale: str) -> pl.DataFrame:
    """Give each question of a scale, wave by wave, as ``charts.diverging`` draws it."""
    changes, rows = _changes(seen), []
    for item in seen.instrument.of_scale(scale):
        for wave, scores in seen.waves:
            row = seen.rows(scores).get(item.name)
            if row is None:
                continue
            is_newest = scores is seen.scores
            rows.append(
                {
                    "label": labels.asked(item, seen.instrument),
                    "wave": labels.month(wave),
                    **_figure(row),
                    "national": _national(item.national, seen.instrument, wave),
                    "change": change_said(changes.get(item.name)) if is_newest else "",
                    "counts as good": labels.good(item, seen.instrument),
                }
            )
    numbers = dict.fromkeys(("value", "low", "high", "national"), pl.Float64)
    texts = ("label", "wave", "said", "change", "counts as good")
    schema = {name: numbers.get(name, pl.String) for name in COLUMNS}
    assert set(schema) == {*numbers, *texts}
    return pl.DataFrame(rows, schema=schema)


COLUMNS = (
    "label", "wave", "value", "low", "high", "said", "national", "change", "counts as good",
)  # fmt: skip


def _figure(row: dict[str, Any]) -> dict[str, Any]:
    mark = row["value_mark"]
    if mark in {HIDDEN, WITHHELD} or (row["value"] is None and mark is None):
        return {"value": None, "low": None, "high": None, "said": "not shown"}
    if mark in AT_LIMIT:
        return {"value": AT_LIMIT[mark], "low": None, "high": None, "said": row["said"]}
    return {name: row[name] for name in ("value", "low", "high", "said")}


def _national(item: str, instrument: Instrument, wave: str) -> float | None:
    """Give what England answered in the same month; None where nothing is published of it."""
    if not item:
        return None
    asked_of = diagnosis.scoring.constants()["national_asked_of"]["value"]
    figures = diagnosis.scoring.national.national_figures(item, asked_of[instrument.respondents])
    same = (each for each in figures if each.wave_on and f"{each.wave_on:%Y-%m}" == wave)
    return next((each.percent for each in same), None)


def _changes(seen: Seen) -> dict[str, dict[str, Any]]:
    mine = seen.scores.changes.filter(
        cut=seen.cut, label=seen.label, from_wave=seen.before_wave, to_wave=seen.wave
    )
    return {row["measure"]: row for row in mine.iter_rows(named=True)}


def change_said(row: dict[str, Any] | None) -> str:
    """Say a change with its interval, beside England's; blank where there is none."""
    if row is None or row["change"] is None:
        return ""
    own = f"{signed(row['change'], 0)} points ({signed(row['low'], 0)} to {signed(row['high'], 0)})"
    if row["national_change"] is None:
        return own
    return f"{own}; England {signed(row['national_change'], 0)}: {row['verdict']}"


def scales(seen: Seen) -> pl.DataFrame:
    """Give each scale, wave by wave, as ``charts.estimates`` draws it; hidden ones left out."""
    schema = {
        "label": pl.String, "group": pl.String, "value": pl.Float64, "low": pl.Float64,
        "high": pl.Float64,
    }  # fmt: skip
    rows = []
    for scale in seen.instrument.scales:
        for wave, scores in seen.waves:
            row = seen.rows(scores).get(scale.name)
            if row and row["value"] is not None:
                rows.append(
                    {
                        "label": f"{scale.title}, {labels.month(wave)}", "group": scale.name,
                        "value": row["value"], "low": row["low"], "high": row["high"],
                    }
                )  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def changes(seen: Seen) -> pl.DataFrame:
    """Give the change of every scale and question since the wave before, for reading."""
    names = labels.measures(seen.instrument)
    rows = [
        {
            "Measure": names[measure],
            "Change, points": signed(row["change"], 0),
            "90 % interval": f"{signed(row['low'], 0)} to {signed(row['high'], 0)}",
            "England": "not known"
            if row["national_change"] is None
            else signed(row["national_change"], 0),
            "Verdict": row["verdict"]
            if not row["reason"]
            else f"{row['verdict']}: {row['reason']}",
        }
        for measure, row in _changes(seen).items()
        if row["change"] is not None
    ]
    head = ("Measure", "Change, points", "90 % interval", "England", "Verdict")
    return pl.DataFrame(rows, schema=dict.fromkeys(head, pl.String))


def sides(found: SidesScored, names: dict[str, str]) -> pl.DataFrame:
    """Give staff and pupils of each scale below one another, as ``charts.estimates`` draws them."""
    rows = []
    for scale in found.gaps["measure"].to_list():
        for side, scores in (("staff", found.staff), ("pupils", found.pupils)):
            row = scores.scores.row(by_predicate=_whole(scale), named=True)
            if row["value"] is not None:
                rows.append(
                    {
                        "label": f"{names[scale]}: {side}", "group": scale,
                        **{name: row[name] for name in ("value", "low", "high")},
                    }
                )  # fmt: skip
    numbers = dict.fromkeys(("value", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"label": pl.String, "group": pl.String, **numbers})


def _whole(scale: str) -> pl.Expr:
    return (pl.col("measure") == scale) & (pl.col("cut") == ALL)


def gap_rows(gaps: pl.DataFrame, names: dict[str, str]) -> Iterator[dict[str, str]]:
    """Give each gap between staff and pupils for reading."""
    for row in gaps.iter_rows(named=True):
        is_known = row["gap"] is not None
        yield {
            "Scale": names[row["measure"]],
            "Staff": "not shown" if row["staff"] is None else f"{row['staff']:.0f}",
            "Pupils": "not shown" if row["pupils"] is None else f"{row['pupils']:.0f}",
            "Gap, points": signed(row["gap"], 0) if is_known else "cannot tell",
            "90 % interval": f"{signed(row['low'], 0)} to {signed(row['high'], 0)}"
            if is_known
            else "",
            "Finding": row["verdict"] if is_known else f"{row['verdict']}: {row['reason']}",
        }
