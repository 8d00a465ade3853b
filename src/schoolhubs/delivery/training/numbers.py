"""Numbers of certificates: too many to guess, with a last letter that finds a slip of the pen."""

import re

# Without 0, 1, I, L, O and U, which are mistaken for others or make words.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
N_DRAWN = 11
SHAPE = re.compile(f"[{ALPHABET}]{{{N_DRAWN + 1}}}")
BETWEEN = re.compile(r"[\s\-‐-―]+")


def made(drawn: bytes) -> str:
    """Make a number of random bytes, at least 16: one of 30 to the power of 11.

    >>> made(bytes(16))
    '2222-2222-2222'
    >>> made(bytes(range(16)))
    'HJ4K-25EF-WYA7'
    """
    if len(drawn) < 16:
        raise ValueError(f"{len(drawn)} bytes were drawn, and at least 16 are needed")
    rest = int.from_bytes(drawn, "big")
    letters = ""
    for _ in range(N_DRAWN):
        rest, place = divmod(rest, len(ALPHABET))
        letters += ALPHABET[place]
    whole = letters + _check_letter(letters)
    return f"{whole[:4]}-{whole[4:8]}-{whole[8:]}"


def typed(text: str) -> str:
    """Give the number that somebody typed, as it is kept; blank where it can be none.

    Small letters and any spaces or dashes are taken.

    >>> typed(" hj4k 25ef-wya7 "), typed("HJ4K-25EF-WYA8"), typed("")
    ('HJ4K-25EF-WYA7', '', '')
    """
    plain = BETWEEN.sub("", text).upper()
    if not SHAPE.fullmatch(plain) or _check_letter(plain[:-1]) != plain[-1]:
        return ""
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def _check_letter(letters: str) -> str:
    """Give the letter that makes the weighted sum come out even (Luhn's way, for 30 letters)."""
    n, total = len(ALPHABET), 0
    for index, letter in enumerate(reversed(letters)):
        place = ALPHABET.index(letter) * (2 if index % 2 == 0 else 1)
        total += place // n + place % n
    return ALPHABET[-total % n]
