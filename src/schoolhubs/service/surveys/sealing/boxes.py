"""Boxes of one size that anybody can close and one key opens.

A box is closed with the public half of a survey's key: to a key made for this one box alone, of
which only the public half stays. So not even the pages that took an answer can look into it again.
"""

import json
import struct
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schoolhubs.vocabulary.errors import Conflict

ABOUT = b"schoolhubs survey box 1"
KEY_BYTES = 32
LENGTH = struct.Struct(">I")
# A key closes one box, so that the same number may be used in each.
ONCE = bytes(12)
TOO_LONG = "what is to be sealed has {n} bytes, and a box of {size} has room for {room}"


def closed(content: Any, lock: str, *, size: int) -> bytes:
    """Give a box of ``size`` bytes that holds content, whatever its length.

    Parameters
    ----------
    content
        Anything that JSON can write.
    lock
        Public half of a survey's key, 64 hexadecimal digits.

    Raises
    ------
    ValueError
        If it does not fit.
    """
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    room = size - KEY_BYTES - 16 - LENGTH.size
    if len(written) > room:
        raise ValueError(TOO_LONG.format(n=len(written), size=size, room=room))
    own = X25519PrivateKey.generate()
    shown = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(lock)))
    padded = LENGTH.pack(len(written)) + written + bytes(room - len(written))
    return shown + _cipher(shared, shown, lock).encrypt(ONCE, padded, None)


def opened(box: bytes, opener: bytes) -> Any:
    """Give what a box holds.

    Parameters
    ----------
    opener
        Private half of the key it was closed with.

    Raises
    ------
    Conflict
        If it was closed with another key, or changed.
    """
    key = X25519PrivateKey.from_private_bytes(opener)
    lock = key.public_key().public_bytes_raw().hex()
    shown, sealed = bytes(box[:KEY_BYTES]), bytes(box[KEY_BYTES:])
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(shown))
        padded = _cipher(shared, shown, lock).decrypt(ONCE, sealed, None)
    except (InvalidTag, ValueError) as error:
        raise Conflict("An answer cannot be opened with this survey’s key.") from error
    n = LENGTH.unpack_from(padded)[0]
    return json.loads(padded[LENGTH.size : LENGTH.size + n])


def _cipher(shared: bytes, shown: bytes, lock: str) -> AESGCM:
    made = HKDF(SHA256(), KEY_BYTES, salt=None, info=ABOUT + shown + bytes.fromhex(lock))
    return AESGCM(made.derive(shared))
