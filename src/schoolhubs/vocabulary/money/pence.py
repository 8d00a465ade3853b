"""Money in whole pence: split without losing any, rounded once, written and read in pounds."""

import functools
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from schoolhubs.vocabulary.errors import DataProblem, Problem

_WRITTEN = re.compile(r"(?P<sign>[-−]?)£?(?P<pounds>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<pence>\d{2}))?")


def split(pence: int, weights: Sequence[float]) -> tuple[int, ...]:
    """Split an amount by weights so that the parts add up to it, to the penny.

    Pennies left over go to the largest remainders, and among equals to the first.

    >>> split(100, [1, 1, 1]), split(-100, [1, 1, 1]), split(5, [0, 2])
    ((34, 33, 33), (-34, -33, -33), (0, 5))
    """
    if pence < 0:
        return tuple(-part for part in split(-pence, weights))
    shares = [exact(weight) for weight in weights]
    whole = sum(shares)
    if whole <= 0 or any(share < 0 for share in shares):
        raise ValueError(f"cannot split by {list(weights)}: give weights from 0, one above it")
    wanted = [pence * share / whole for share in shares]
    parts = [int(each) for each in wanted]
    by_remainder = sorted(range(len(parts)), key=lambda at: parts[at] - wanted[at])
    for at in by_remainder[: pence - sum(parts)]:
        parts[at] += 1
    return tuple(parts)


@functools.lru_cache(maxsize=1024)
def exact(number: float) -> Fraction:
    """Give a number as people wrote it: 0.8 is four fifths, not the nearest binary one.

    >>> exact(0.8)
    Fraction(4, 5)
    """
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def rounded(pence: Fraction) -> int:
    """Round to whole pence, half a penny up, away from nought.

    >>> rounded(Fraction(5, 2)), rounded(Fraction(-5, 2)), rounded(Fraction(7, 3))
    (3, -3, 2)
    """
    away = int(abs(pence) + Fraction(1, 2))
    return away if pence >= 0 else -away


def in_pounds(pence: int) -> str:
    """Write an amount as people read it.

    >>> in_pounds(900000), in_pounds(-5), in_pounds(27778)
    ('£9,000.00', '−£0.05', '£277.78')
    """
    return f"{'−' if pence < 0 else ''}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def plain(pence: int) -> str:
    """Write an amount as a file holds it: pounds, a point, two digits.

    >>> plain(900000), plain(-5)
    ('9000.00', '-0.05')
    """
    return str((Decimal(pence) / 100).quantize(Decimal("0.01")))


def read_pounds(text: str) -> int:
    """Read pounds as people and banks write them, in pence.

    Raises
    ------
    DataProblem
        If it is no amount in pounds, or has parts of a penny.

    Examples
    --------
    >>> read_pounds("£9,000.00"), read_pounds("9000"), read_pounds("-0.05")
    (900000, 900000, -5)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        fault = f"{text.strip()[:20]!r} is no amount in pounds"
        remedy = "Write pounds, or pounds and two digits of pence, such as 9000.00."
        raise DataProblem([Problem(code="not_an_amount", fault=fault, remedy=remedy, value=text)])
    pence = 100 * int(found["pounds"].replace(",", "")) + int(found["pence"] or 0)
    return -pence if found["sign"] else pence
