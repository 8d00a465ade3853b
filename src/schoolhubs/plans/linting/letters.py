"""Words that look like others: letters of two alphabets in one word, and letters that look alike.

The lint reads English. A word in which one letter is of another alphabet looks the same to a person
and is another word to the lint, so a plan says none.
"""

import re
import unicodedata

WORD = re.compile(r"\w+")
# Letters for phonetic signs, small capitals and the like, which no text of a school has.
ODD = ((0x0250, 0x02AF), (0x1D00, 0x1DBF), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F))


def disguised(text: str) -> str:
    r"""Give the first word whose letters are of more than one alphabet; blank where there is none.

    Examples
    --------
    >>> disguised("A d\u0435tention for lateness") == "d\u0435tention"
    True
    >>> disguised("Zo\u00eb, \u0141ukasz and Year 9B"), disguised("\u0394\u03b5\u03bd")
    ('', '')
    """
    for found in WORD.finditer(unicodedata.normalize("NFKC", text)):
        alphabets = {_alphabet(each) for each in found[0] if each.isalpha()}
        if len(alphabets) > 1 or "ODD" in alphabets:
            return found[0]
    return ""


def foreign(text: str) -> str:
    r"""Give the first word that is in no Latin letters, which the lint cannot read.

    >>> foreign("Ring home"), foreign("\u0394\u03b5\u03bd")  # doctest: +ELLIPSIS
    ('', '...')
    """
    for found in WORD.finditer(unicodedata.normalize("NFKC", text)):
        if any(each.isalpha() and _alphabet(each) not in {"LATIN", "ODD"} for each in found[0]):
            return found[0]
    return ""


def _alphabet(letter: str) -> str:
    if any(first <= ord(letter) <= last for first, last in ODD):
        return "ODD"
    name = unicodedata.name(letter, "UNNAMED").split()[0]
    # Signs for the feminine and masculine ordinal, the micro sign and the like stand by themselves.
    return "LATIN" if name in {"FEMININE", "MASCULINE"} else name
