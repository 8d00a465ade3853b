"""Prose to statements: plain small letters, cut at sentence ends, quotations known."""

import dataclasses
import functools
import re
import unicodedata

PLAIN = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": ";", "\u00a0": " ", "…": ".",
})  # fmt: skip
# A full stop after these ends no sentence.
SHORT = re.compile(r"\b(e\.g|i\.e|etc|mr|mrs|ms|dr|st|no)\.", re.IGNORECASE)
END = re.compile(r"[.!?]+[\"')\]]*\s+|;\s*|\n+")
QUOTED = re.compile(r"\"[^\"]{3,}\"|(?<![\w'])'[^'\n]{3,}(?:'\w[^'\n]*)*'(?!\w)")
# D-e-t-e-n-t-i-o-n, and the like: four letters or more that stand each by itself.
SPELT = re.compile(r"(?<![\w-])(?!a )[A-Za-z]([-._* ])(?:[A-Za-z]\1){2,}[A-Za-z](?![\w-])")
# Letters of other alphabets, and strokes that no decomposition takes off, as the eye reads them.
ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u0501\u04bb"
    "\u03bf\u03b1\u03b5\u03b9\u03bd\u03c1\u0131\u0142\u00f8\u0111\u0127\u0167",
    "aeopcxyijsdhoaeivpilodht",
)
PER_CENT = re.compile(r"(\d)\s+(%|per\s?cent)")


def _without_disguise(text: str) -> str:
    r"""Take out what nobody sees: signs of no width, letters of another shape, letters apart.

    >>> _without_disguise("deten\u200btion, \uff46\uff49\uff4e\uff45, d-e-t-e-n-t-i-o-n")
    'detention, fine, detention'
    """
    whole = unicodedata.normalize("NFKC", text)
    seen = "".join(each for each in whole if unicodedata.category(each) not in {"Cf", "Mn", "Me"})
    return SPELT.sub(lambda found: re.sub(r"[-._* ]", "", found[0]), seen)


def _read(said: str) -> str:
    r"""Give small letters without accents, as many as there were.

    >>> _read("d\u0435tention"), _read("Caf\u00e9")
    ('detention', 'cafe')
    """
    return "".join(map(_plain, said.lower())).translate(ALIKE)


@functools.cache
def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter)[0]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of a text.

    Attributes
    ----------
    text
        Plain small letters.
    said
        As it was written.
    quoted
        Beginnings and ends of what is quoted in ``text``.
    """

    text: str
    said: str
    quoted: tuple[tuple[int, int], ...] = ()

    def is_quoted(self, start: int) -> bool:
        """Tell whether a place lies within a quotation."""
        return any(first <= start < last for first, last in self.quoted)


def statements(text: str) -> tuple[Statement, ...]:
    """Cut a text into sentences; list items and lines are sentences too.

    Examples
    --------
    >>> [each.text for each in statements("We don’t fine. See e.g. p. 3; then ask!")]
    ["we don't fine.", 'see eg p.', '3;', 'then ask!']
    """
    plain = _without_disguise(text.translate(PLAIN))
    plain = SHORT.sub(lambda found: found[1].replace(".", ""), plain)
    plain = PER_CENT.sub(r"\1\2", plain)
    quotes = [found.span() for found in QUOTED.finditer(plain)]
    cuts = [found.end() for found in END.finditer(plain)]
    found, start = [], 0
    for end in (*cuts, len(plain)):
        said = plain[start:end]
        if said.strip():
            lead = len(said) - len(said.lstrip())
            at = start + lead
            held = tuple(
                (first - at, last - at) for first, last in quotes if first < end and last > start
            )
            found.append(Statement(text=_read(said.strip()), said=said.strip(), quoted=held))
        start = end
    return tuple(found)
