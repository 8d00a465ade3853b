"""Academic years and terms of schools in England."""

import datetime
import enum
import re
from typing import Self

from schoolhubs.vocabulary.errors import DataProblem, Problem

FIRST_MONTH = 9
_SHAPES = (
    re.compile(r"(?P<first>\d{4})/(?P<last>\d{2})"),
    re.compile(r"(?P<first>\d{4})-(?P<last>\d{2})"),
    re.compile(r"(?P<first>\d{4})(?P<last>\d{2})"),
    re.compile(r"(?P<first>\d{4})/(?P<last>\d{4})"),
)


class AcademicYear(str):
    """A school year from 1 September to 31 August, written ``2017/18``; sorts by time.

    Raises
    ------
    DataProblem
        If the text names no academic year.

    Examples
    --------
    >>> AcademicYear.parse("201718")
    '2017/18'
    >>> AcademicYear("2017/18").starts_on
    datetime.date(2017, 9, 1)
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``2017/18``, ``2017-18``, ``201718`` or ``2017/2018``."""
        for shape in _SHAPES:
            found = shape.fullmatch(str(text).strip())
            if found and (int(found["first"]) + 1) % 100 == int(found["last"]) % 100:
                return cls(f"{found['first']}/{found['last'][-2:]}")
        raise DataProblem(
            [
                Problem(
                    code="not_an_academic_year",
                    value=str(text),
                    fault=f"{str(text)!r} is not an academic year",
                    remedy="Write a year and the one after it, such as 2017/18.",
                )
            ]
        )

    @classmethod
    def holding(cls, on: datetime.date) -> Self:
        """Give the academic year that a date falls in.

        >>> AcademicYear.holding(datetime.date(2018, 8, 31))
        '2017/18'
        """
        first = on.year if on.month >= FIRST_MONTH else on.year - 1
        return cls(f"{first}/{(first + 1) % 100:02d}")

    @property
    def first(self) -> int:
        """The calendar year it starts in."""
        return int(self[:4])

    @property
    def starts_on(self) -> datetime.date:
        """Its first day, 1 September."""
        return datetime.date(self.first, FIRST_MONTH, 1)

    @property
    def finishes_on(self) -> datetime.date:
        """The first day after it, 1 September of the next year."""
        return datetime.date(self.first + 1, FIRST_MONTH, 1)

    def plus(self, years: int) -> Self:
        """Give the academic year so many years later.

        >>> AcademicYear("1999/00").plus(-1), AcademicYear("1999/00").plus(1)
        ('1998/99', '2000/01')
        """
        return type(self).holding(datetime.date(self.first + years, FIRST_MONTH, 1))


class Term(enum.StrEnum):
    """The three terms, with the months they are counted in: 1 September, January and April."""

    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"

    @classmethod
    def holding(cls, on: datetime.date) -> "Term":
        """Give the term that a date falls in.

        >>> Term.holding(datetime.date(2026, 1, 7))
        <Term.SPRING: 'spring'>
        """
        if on.month >= FIRST_MONTH:
            return cls.AUTUMN
        return cls.SPRING if on.month < 4 else cls.SUMMER


def term_starts_on(on: datetime.date) -> datetime.date:
    """Give the first day of the term that ``on`` falls in.

    >>> term_starts_on(datetime.date(2026, 11, 21))
    datetime.date(2026, 9, 1)
    """
    month = {Term.AUTUMN: FIRST_MONTH, Term.SPRING: 1, Term.SUMMER: 4}[Term.holding(on)]
    return datetime.date(on.year, month, 1)


def term_finishes_on(on: datetime.date) -> datetime.date:
    """Give the first day after the term that ``on`` falls in, which starts the next one.

    >>> term_finishes_on(datetime.date(2026, 11, 21)), term_finishes_on(datetime.date(2027, 1, 1))
    (datetime.date(2027, 1, 1), datetime.date(2027, 4, 1))
    """
    if Term.holding(on) is Term.AUTUMN:
        return datetime.date(on.year + 1, 1, 1)
    month = 4 if Term.holding(on) is Term.SPRING else FIRST_MONTH
    return datetime.date(on.year, month, 1)
