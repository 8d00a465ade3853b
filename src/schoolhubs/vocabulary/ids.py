"""Identifiers of schools and trusts, which refuse a value that cannot be one.

Each is a ``str`` so that it goes into frames, CSV and JSON as it is; the class only checks the
shape. Whether a school with that number exists is a question for the school register.
"""

import re
import unicodedata
from typing import ClassVar, Self

from schoolhubs.vocabulary.errors import DataProblem, Problem


class Identifier(str):
    """Text of a fixed shape; the base of the identifiers below.

    Raises
    ------
    DataProblem
        If the text does not have the identifier's shape.
    """

    __slots__ = ()
    shape: ClassVar[re.Pattern[str]] = re.compile(r".+")
    spoken: ClassVar[str] = "identifier"
    described: ClassVar[str] = "text"

    def __new__(cls, value: object) -> Self:
        """Check ``value``, ignoring white space around it."""
        text = str(value).strip()
        if not cls.shape.fullmatch(text):
            raise DataProblem(
                [
                    Problem(
                        code=f"not_a_{cls.__name__.lower()}",
                        value=text,
                        fault=f"{text!r} is not a {cls.spoken}",
                        remedy=f"A {cls.spoken} is {cls.described}.",
                    )
                ]
            )
        return super().__new__(cls, text)

    @classmethod
    def is_shaped(cls, value: object) -> bool:
        """Tell whether ``value`` has the shape, without raising.

        >>> Urn.is_shaped("136271"), Urn.is_shaped("13627")
        (True, False)
        """
        return cls.shape.fullmatch(str(value).strip()) is not None


class Urn(Identifier):
    """Unique reference number of a school: six digits, the first not 0.

    >>> Urn(" 136271 ")
    '136271'
    """

    __slots__ = ()
    shape = re.compile(r"[1-9]\d{5}")
    spoken = "URN"
    described = "six digits, such as 136271"


class LaEstab(Identifier):
    """Local authority number and establishment number together: seven digits.

    >>> LaEstab("9194117")
    '9194117'
    """

    __slots__ = ()
    shape = re.compile(r"\d{7}")
    spoken = "LAESTAB"
    described = "seven digits, such as 9194117"


class Ukprn(Identifier):
    """UK provider reference number: eight digits beginning with 1.

    >>> Ukprn("10034567")
    '10034567'
    """

    __slots__ = ()
    shape = re.compile(r"1\d{7}")
    spoken = "UKPRN"
    described = "eight digits beginning with 1, such as 10034567"


class TrustId(Identifier):
    """Group identifier (UID) of a trust: one to six digits.

    >>> TrustId("2044")
    '2044'
    """

    __slots__ = ()
    shape = re.compile(r"\d{1,6}")
    spoken = "trust number"
    described = "one to six digits, such as 2044"


def is_reserved(urn: str) -> bool:
    """Tell whether a URN is one that only invented schools carry: 900000 and above.

    No establishment has been given one; a table with such a URN in it is synthetic.

    >>> is_reserved("900001"), is_reserved("136271")
    (True, False)
    """
    return urn.startswith("9")


# Unique pupil numbers: a check letter, then eleven digits, then a digit or, where temporary, a
# letter. Source: Department for Education, Unique pupil numbers: guidance, annex (published).
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O or S; a letter stands for its place
_UPN = re.compile(r"(?<![A-Z0-9])([A-Z])((?:[ -]?\d){11})[ -]?([A-Z0-9])(?![A-Z0-9])")


def holds_upn(text: str) -> bool:
    """Tell whether a text has a unique pupil number in it, its check letter being right.

    Examples
    --------
    >>> holds_upn("Pupil H801200001001 was away"), holds_upn("h801 2000 01001")
    (True, True)
    >>> holds_upn("Document K801200001001")  # another letter than its digits ask for
    False
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return any(_is_checked(*found.groups()) for found in _UPN.finditer(plain))


def _is_checked(letter: str, digits: str, last: str) -> bool:
    figures = [int(each) for each in digits if each.isdecimal()]
    if last not in "0123456789" and last not in _CHECK_LETTERS:
        return False
    figures.append(_CHECK_LETTERS.index(last) if last in _CHECK_LETTERS else int(last))
    total = sum(weight * figure for weight, figure in enumerate(figures, start=2))
    return _CHECK_LETTERS[total % len(_CHECK_LETTERS)] == letter
