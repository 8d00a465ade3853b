"""A year of marks for every pupil of a synthetic England, some schools at a time."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from schoolhubs.synthetic.calibration import GROUPS, profile, read_yaml
from schoolhubs.synthetic.england import England
from schoolhubs.synthetic.official.absence_file import AUTHORISED
from schoolhubs.synthetic.pupils import marking
from schoolhubs.synthetic.pupils.constants import (
    FSM,
    KINDS,
    NOT_KNOWN,
    PLAN,
    Letters,
    PupilConstants,
    pupil_constants,
)
from schoolhubs.synthetic.pupils.rates import sessions_missed
from schoolhubs.synthetic.pupils.rolls import Pupils, any_need, draw_pupils, schools_with_marks
from schoolhubs.synthetic.pupils.term_dates import SESSIONS_A_WEEK, SchoolYear, school_year
from schoolhubs.vocabulary.frames import MARKS
from schoolhubs.vocabulary.progress import Progress, quiet

PUPILS_AT_A_TIME = 40_000
_ROWS_IN_A_GROUP = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Some schools with their n pupils and a year of marks.

    Parameters
    ----------
    schools
        Frame, see ``rolls.schools_with_marks``.
    kind
        Shape (n,): position in ``constants.KINDS``.
    missed
        Shape (n,): sessions missed.
    marks
        Shape (n, 10 w): one-byte letters, '.' where the pupil was not on roll or school was shut.
    """

    schools: pl.DataFrame
    pupils: Pupils
    kind: NDArray[np.int64]
    missed: NDArray[np.int32]
    marks: Letters


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MarkMaker:
    """Makes the marks of any schools of one England; see :func:`maker_of`."""

    seed: int
    year: str
    laid: SchoolYear
    constants: PupilConstants
    spells: marking.SpellTables
    attended: marking.AttendedTables

    def mark(self, schools: pl.DataFrame) -> Marked:
        """Mark a year of some schools; each one's marks depend on no other."""
        pupils = draw_pupils(schools, self.seed, self.constants, self.laid)
        missed = sessions_missed(pupils, schools, self.constants)
        kind = self._kinds(pupils, missed)
        group = schools["group"].to_numpy()[pupils.school]
        marks = np.empty((len(pupils), SESSIONS_A_WEEK * len(self.laid.week_on)), dtype=np.uint8)
        seed = pupils.pupil.astype(np.uint64)
        school = schools["school"].to_numpy().astype(np.uint64)[pupils.school]
        school = (school + np.uint64(1)) * np.uint64(2_654_435_761) + np.uint64(self.seed)
        on_roll = (pupils.first, pupils.until)
        marking.mark_attendance(
            marks,
            self.laid.column,
            seed,
            school,
            group,
            kind,
            pupils.year_group,
            *on_roll,
            self.attended,
        )
        may_study = pupils.year_group == self.constants.facts["leavers"]["year_group"]
        tilt = self._tilts(schools)[pupils.school]
        marking.mark_absence(
            marks,
            self.laid.column,
            seed,
            group,
            kind,
            *on_roll,
            missed,
            may_study,
            tilt,
            self.spells,
        )
        return Marked(schools=schools, pupils=pupils, kind=kind, missed=missed, marks=marks)

    def _kinds(self, pupils: Pupils, missed: NDArray[np.int32]) -> NDArray[np.int64]:
        percent = 100 * missed / (pupils.until - pupils.first)
        edges = self.constants.facts["kinds"]["from_percent"]
        return np.searchsorted([edges[name] for name in KINDS[1:]], percent, side="right")

    def _tilts(self, schools: pl.DataFrame) -> NDArray[np.float64]:
        """Give the odds of unauthorised reasons in each school, over those of its phase."""
        share = np.clip(schools["authorised_share"].to_numpy(), 0.02, 0.98)
        usual = np.array([AUTHORISED[name][0] for name in GROUPS])[schools["group"].to_numpy()]
        return np.asarray(np.exp(usual - np.log(share / (1 - share))))


def maker_of(
    england: England,
    constants: PupilConstants | None = None,
    spells: Mapping[str, Any] | None = None,
) -> MarkMaker:
    """Give what makes the marks of an England's last year.

    Parameters
    ----------
    constants, spells
        Other constants than the package's own, for experiments and negative controls.
    """
    of_profile = profile(england.year)
    constants = constants or pupil_constants(of_profile)
    laid = school_year(england.year)
    spells = spells or read_yaml("pupil_spells.yaml")[of_profile]
    return MarkMaker(
        seed=england.seed,
        year=str(england.year),
        laid=laid,
        constants=constants,
        spells=marking.spell_tables(of_profile, laid, spells),
        attended=marking.attended_tables(of_profile, laid),
    )


def parts(schools: pl.DataFrame, pupils_at_a_time: int) -> Iterator[pl.DataFrame]:
    """Part schools into runs of about so many pupils, one school at least."""
    done = (schools["enrolments"].cum_sum() - 1) // pupils_at_a_time
    yield from schools.with_columns(done.alias("_part")).partition_by("_part", include_key=False)


def marks_frame(marked: Marked, maker: MarkMaker) -> pl.DataFrame:
    """Give marks in the exchange layout, ``MARKS``: a row a pupil-week, and English as ``eal``.

    Weeks before a pupil came and after they left have no row.
    """
    pupils, laid = marked.pupils, maker.laid
    n, w = len(pupils), len(laid.week_on)
    week = laid.week
    there = np.zeros((n, w), dtype=bool)
    first, last = week[pupils.first], week[pupils.until - 1]
    there[:] = (np.arange(w) >= first[:, None]) & (np.arange(w) <= last[:, None])
    who, when = np.nonzero(there)
    known = pupils.eligibility != NOT_KNOWN
    need = any_need(pupils.need) == 1
    of_pupil = pl.DataFrame(
        {
            "urn": marked.schools["urn"].gather(pupils.school),
            "pupil": pupils.pupil,
            "year_group": pupils.year_group,
            "fsm": pl.Series(pupils.eligibility == FSM).set(pl.Series(~known), None),
            "sen": pl.Series(need).set(pl.Series(~known), None),
            "ehc": pl.Series(pupils.need == PLAN).set(pl.Series(~known), None),
            "sex": pl.Series(pupils.is_girl).replace_strict(
                {True: "F", False: "M"}, return_dtype=pl.String
            ),
            "has_reason": pl.Series(np.zeros(n, dtype=bool)),
            "eal": pupils.is_eal,
        }
    )
    of_week = pl.DataFrame(
        {
            "week_on": list(laid.week_on),
            "year": [maker.year] * w,
            "term": list(laid.term),
            "half_term": laid.half_term,
        }
    )
    marks = marked.marks.reshape(n * w, SESSIONS_A_WEEK)[who * w + when]
    frame = pl.concat([of_pupil[who], of_week[when]], how="horizontal").with_columns(_texts(marks))
    return frame.select(*MARKS.schema, "eal")


def _texts(marks: Letters) -> pl.Series:
    """Give rows of ten letters as texts, without a loop over them."""
    rows = np.ascontiguousarray(marks).view(f"S{SESSIONS_A_WEEK}").ravel()
    return pl.Series("marks", rows).cast(pl.String)


def write_marks(
    path: Path,
    england: England,
    *,
    pupils_at_a_time: int = PUPILS_AT_A_TIME,
    progress: Progress = quiet,
) -> int:
    """Write a year of marks of an England as one Parquet file; give how many pupils it has.

    However many pupils are made at a time, the rows are the same.
    """
    maker, schools = maker_of(england), schools_with_marks(england)
    total = int(schools["enrolments"].sum())

    def frames(*_: object) -> Iterator[pl.DataFrame]:
        done = 0
        for part in parts(schools, pupils_at_a_time):
            progress("write marks", done, total)
            yield marks_frame(maker.mark(part), maker)
            done += int(part["enrolments"].sum())

    schema = {**MARKS.schema, "eal": pl.Boolean()}
    source = register_io_source(frames, schema=schema)
    source.sink_parquet(path, row_group_size=_ROWS_IN_A_GROUP, maintain_order=True)
    progress("write marks", total, total)
    return total
