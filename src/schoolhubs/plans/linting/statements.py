"""Prose to statements: plain small letters, cut at sentence ends, quotations known."""

import dataclasses
import re

PLAIN = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": ";", "\u00a0": " ", "…": ".",
})  # fmt: skip
# A full stop after these ends no sentence.
SHORT = re.compile(r"\b(e\.g|i\.e|etc|mr|mrs|ms|dr|st|no)\.", re.IGNORECASE)
END = re.compile(r"[.!?]+[\"')\]]*\s+|;\s*|\n+")
QUOTED = re.compile(r"\"[^\"]{3,}\"|(?<![\w'])'[^'\n]{3,}(?:'\w[^'\n]*)*'(?!\w)")
PER_CENT = re.compile(r"(\d)\s+(%|per\s?cent)")


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
    plain = SHORT.sub(lambda found: found[1].replace(".", ""), text.translate(PLAIN))
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
            found.append(Statement(text=said.strip().lower(), said=said.strip(), quoted=held))
        start = end
    return tuple(found)
