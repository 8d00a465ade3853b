"""Who a row is about, at the door: a keyed hash for each school, and nothing else ever after."""

import contextlib
import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from schoolhubs.attendance.reading.documents import schema_of
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.ids import Urn

# Parts of an identifier are told apart: surname "A B", forename "C" is not "A", "B C".
BETWEEN = "\x1f"
HASH_BYTES = 8
# What a key is for stands in the hash, so that one key serves nothing else by accident.
PERSON = b"schoolhubs.pupil"
MOST_KEY_BYTES = 4096


def read_key(path: Path) -> bytes:
    """Read the secret key of the office: bytes, or at least 64 hexadecimal digits.

    Raises
    ------
    UsageError
        If it is too short or too regular to be a secret; the key is never shown.
    """
    with path.open("rb") as file:
        raw = file.read(MOST_KEY_BYTES)
    with contextlib.suppress(ValueError):  # else it is a key of bytes
        raw = bytes.fromhex(raw.decode("ascii"))
    return checked_key(raw)


def checked_key(key: bytes) -> bytes:
    """Give the key back if it can be a secret.

    Raises
    ------
    UsageError
        If it is too short or too regular.

    Examples
    --------
    >>> checked_key(b"secret")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    schoolhubs.vocabulary.errors.UsageError: The key has 6 bytes; at least 32 are needed. Make ...
    """
    asked = schema_of("words.yaml")["key"]
    make = "Make one with: openssl rand -hex 32"
    if len(key) < asked["least_bytes"]:
        raise UsageError(
            f"The key has {len(key)} bytes; at least {asked['least_bytes']} are needed. {make}"
        )
    if len(set(key)) < asked["least_different"]:
        raise UsageError(f"The key repeats the same few bytes and could be guessed. {make}")
    return key


def school_key(key: bytes, urn: str) -> bytes:
    """Derive the key of one school, so that no child can be followed from school to school.

    >>> one, other = (school_key(bytes(range(32)), urn) for urn in ("900001", "900002"))
    >>> one == other, len(one)
    (False, 64)
    """
    secret = hashlib.blake2b(checked_key(key), digest_size=64).digest()
    return hashlib.blake2b(Urn(urn).encode(), key=secret, person=PERSON).digest()


def hashed(identifiers: Sequence[pl.Series], *, key: bytes, urn: str) -> pl.Series:
    """Give the keyed hash of each pupil; missing where every part of the identifier is.

    Parameters
    ----------
    identifiers
        The parts, as text, equally long; letters' case and spacing do not count.
    key
        The office's secret, at least 32 bytes.
    urn
        The school; the same child has another hash in another school.

    Returns
    -------
    polars.Series
        Int64. Two of the 2,000 pupils of a school share a hash with a chance of 1 in 10^13.

    Examples
    --------
    >>> names = pl.Series(["A1 ", "a1", None])
    >>> one = hashed([names], key=bytes(range(32)), urn="900001").to_list()
    >>> one[0] == one[1], one[2] is None
    (True, True)
    """
    secret = school_key(key, urn)
    parts = pl.DataFrame([part.cast(pl.String).alias(f"{n}") for n, part in enumerate(identifiers)])
    known = ~parts.select(pl.all_horizontal(pl.all().is_null())).to_series()
    joined = parts.select(pl.concat_str(pl.all().fill_null(""), separator=BETWEEN)).to_series()
    different = joined.filter(known).unique()
    hashes = [_hash(text, secret) for text in different]
    return pl.Series(
        "pupil",
        joined.replace_strict(different, pl.Series(hashes, dtype=pl.Int64), default=None)
        if hashes
        else [None] * joined.len(),
        dtype=pl.Int64,
    ).set(~known, None)


def _hash(text: str, secret: bytes) -> int:
    same = BETWEEN.join(
        " ".join(unicodedata.normalize("NFKC", part).casefold().split())
        for part in text.split(BETWEEN)
    )
    digest = hashlib.blake2b(
        same.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES, key=secret, person=PERSON
    )
    return int.from_bytes(digest.digest(), "little", signed=True)
