"""Marks of the demonstration's own school: synthetic pupils, so that its page can be looked at."""

import datetime

import polars as pl

from schoolhubs import diagnosis
from schoolhubs.attendance import MarksStore
from schoolhubs.service.attendance import places
from schoolhubs.service.attendance.queries import finding_of, keep_finding
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.calendar import AcademicYear

SEED, N_SCHOOLS = 20_26, 200
YEAR = AcademicYear("2024/25")  # the newest year whose level of absence is published whole
PHASES = {"primary": 0, "secondary": 1}  # other schools have marks like a special school's
SPECIAL = 2


def keep_marks(school: School, *, at: datetime.datetime) -> int:
    """Store a year of marks of synthetic pupils for a school; already there, they stay.

    Returns
    -------
    int
        Pupil-weeks that were stored.
    """
    if finding_of(school.urn):
        return 0
    marks = _made(school)
    with places.alone_in_store():
        MarksStore(places.store()).append(marks)
    keep_finding(school.urn, diagnosis.finding.marked.found_in(places.store(), school.urn), at=at)
    return marks.height


def _made(school: School) -> pl.DataFrame:
    """Mark the pupils of an imagined school of the same phase and about the same size."""
    # Compiles what makes marks, which only a demonstration needs.
    from schoolhubs import synthetic
    from schoolhubs.synthetic import pupils

    england = synthetic.imagine(seed=SEED, n_schools=N_SCHOOLS, year=YEAR)
    alike = pupils.schools_with_marks(england).filter(
        pl.col("group") == PHASES.get(school.phase, SPECIAL)
    )
    n_pupils = school.facts.get("n_pupils") or 0
    one = alike.sort((pl.col("enrolments") - n_pupils).abs()).head(1)
    maker = pupils.maker_of(england)
    marks = pupils.marks_frame(maker.mark(one), maker).drop("eal")
    return marks.with_columns(urn=pl.lit(school.urn))
