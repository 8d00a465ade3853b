"""Keys of surveys: the half that opens lies in the data folder, and is gone once a survey closed.

It is in no database and so in no dump of one; in the file it is sealed with the service's secret,
which is not in the data folder. So neither of the two opens an answer without the other, and once
the file is gone nothing does.
"""

import os
import secrets
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from schoolhubs.vocabulary.errors import Conflict

ABOUT = b"schoolhubs survey key 1"
NONCE_BYTES, KEY_BYTES = 12, 32
GONE = (
    "The key of this survey cannot be read: the file is not in the data folder, or the service’s "
    "secret was changed since. Put back the data folder and the secret of the time it was made; "
    "without them its answers cannot be opened by anybody."
)


def folder() -> Path:
    """Give where the keys of open surveys lie."""
    found: Path = settings.ENVIRONMENT.data_folder / "survey-keys"
    return found


def make(survey: uuid.UUID) -> str:
    """Make a survey's key, keep the half that opens, and give the half that closes.

    Returns
    -------
    str
        64 hexadecimal digits, for :func:`boxes.closed`.
    """
    key, nonce = X25519PrivateKey.generate(), secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + _cipher().encrypt(nonce, key.private_bytes_raw(), survey.bytes)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    made = os.open(_file(survey), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    return key.public_key().public_bytes_raw().hex()


def opener(survey: uuid.UUID) -> bytes:
    """Give the half that opens.

    Raises
    ------
    Conflict
        If it is gone, or sealed with another secret.
    """
    try:
        held = _file(survey).read_bytes()
        return _cipher().decrypt(held[:NONCE_BYTES], held[NONCE_BYTES:], survey.bytes)
    except (OSError, InvalidTag, ValueError) as error:
        raise Conflict(GONE) from error


def is_readable(survey: uuid.UUID) -> bool:
    """Tell whether the half that opens is there, and sealed with the secret of now."""
    try:
        opener(survey)
    except Conflict:
        return False
    return True


def destroy(survey: uuid.UUID) -> None:
    """Remove the half that opens, for good; it may be gone already."""
    _file(survey).unlink(missing_ok=True)


def kept() -> list[uuid.UUID]:
    """Name the surveys whose key is still there."""
    return [uuid.UUID(path.name) for path in sorted(folder().glob("*"))]


def _file(survey: uuid.UUID) -> Path:
    return folder() / survey.hex


def _cipher() -> AESGCM:
    secret = settings.SECRET_KEY.encode()
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=ABOUT).derive(secret))
