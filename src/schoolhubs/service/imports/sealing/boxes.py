"""Files that name pupils: sealed as they come, so that nothing readable of them is ever on disk.

A sealed file is a row of pieces, each its length and an AES-GCM box. A piece knows its number and
whether it is the last, so pieces cannot be left out, repeated or put in another order. The key is
made of the service's secret, which is not in the data folder.
"""

import contextlib
import io
import os
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from schoolhubs.vocabulary.errors import Conflict

ABOUT = b"schoolhubs sealed upload 1"
NONCE_BYTES, KEY_BYTES = 12, 32
LENGTH = struct.Struct(">I")


class Seal:
    """Seals pieces one after the other."""

    def __init__(self) -> None:
        self._box, self._n = AESGCM(_key()), 0

    def __call__(self, piece: bytes, *, is_last: bool = False) -> bytes:
        """Give a piece as it is written."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, piece, _place(self._n, is_last=is_last))
        self._n += 1
        return LENGTH.pack(len(sealed)) + sealed


def unsealed(held: io.BufferedReader) -> Iterator[bytes]:
    """Give the pieces of a sealed file.

    Raises
    ------
    Conflict
        If it was changed or cut, or sealed under another secret.
    """
    box, n = AESGCM(_key()), 0
    while head := held.read(LENGTH.size):
        sealed = held.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""
        is_last = not held.peek(1)
        try:
            yield box.decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(n, is_last=is_last)
            )
        except (InvalidTag, ValueError):
            break
        if is_last:
            return
        n += 1
    raise Conflict("The file cannot be opened any more. Bring it again.")


@contextlib.contextmanager
def opened(path: Path, suffix: str) -> Iterator[Path]:
    """Give a sealed file under a path at which it can be read, in memory alone.

    The path leads to memory of this process, and is gone afterwards.
    """
    memory = os.memfd_create("upload", os.MFD_CLOEXEC)
    try:
        with path.open("rb") as held, os.fdopen(os.dup(memory), "wb") as out:
            for piece in unsealed(held):
                out.write(piece)
        with tempfile.TemporaryDirectory(dir=settings.UPLOADS, prefix="reading-") as folder:
            link = Path(folder) / f"marks{suffix}"
            link.symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield link
    finally:
        os.close(memory)


def _key() -> bytes:
    secret = settings.SECRET_KEY.encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=ABOUT).derive(secret)


def _place(n: int, *, is_last: bool) -> bytes:
    return b"%d %d" % (n, is_last)
