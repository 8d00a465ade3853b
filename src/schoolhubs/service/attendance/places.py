"""Where marks lie on disk, and the one key that makes pupils' identifiers into hashes."""

import contextlib
import datetime
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection

from schoolhubs.attendance import reading
from schoolhubs.service.imports import sealing
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.vocabulary.errors import UsageError

STORE_LOCK = 7_203_413  # any number of its own
ANY_SCHOOL = "900001"
UPLOADED, WAITING = "marks", "waiting.parquet"


def store() -> Path:
    """Give the folder of every school's marks."""
    return Path(settings.ENVIRONMENT.data_folder) / "attendance"


def folder_of(import_id: int) -> Path:
    """Give the folder of one import, until it is finished."""
    return Path(settings.UPLOADS) / f"marks-{import_id}"


def uploaded(import_id: int) -> Path | None:
    """Give the file as it was brought; None once it is read."""
    return next(folder_of(import_id).glob(f"{UPLOADED}.*"), None)


@contextlib.contextmanager
def opened(import_id: int, suffix: str) -> Iterator[Path | None]:
    """Give the file as it was brought, in memory alone; None once it is read."""
    path = uploaded(import_id)
    if path is None:
        yield None
        return
    with sealing.opened(path, suffix) as readable:
        yield readable


def waiting(import_id: int) -> Path:
    """Give the file of the marks that were read and wait for a choice, pupils hashed."""
    return folder_of(import_id) / WAITING


def keep_upload(import_id: int, given: FileOnDisk, suffix: str) -> None:
    """Take a file in, sealed as it came, under a name of ours: its own may name a pupil."""
    Path(settings.UPLOADS).mkdir(parents=True, exist_ok=True)
    folder_of(import_id).mkdir(mode=0o700)
    given.path.rename(folder_of(import_id) / f"{UPLOADED}{suffix}")
    given.close()


def remove_upload(import_id: int) -> None:
    """Remove the file that names pupils; none there is fine."""
    if path := uploaded(import_id):
        path.unlink(missing_ok=True)


def remove(import_id: int) -> None:
    """Remove all of an import that is on disk."""
    shutil.rmtree(folder_of(import_id), ignore_errors=True)


def remove_left(under_way: Collection[int], *, before: datetime.datetime) -> None:
    """Remove what is on disk of imports that are over, or that never came to be.

    A process that ends between two steps leaves such a folder. One that was changed since
    ``before`` may be of an import that is being brought this moment.
    """
    for path in Path(settings.UPLOADS).glob("marks-*"):
        number = path.name.partition("-")[2]
        is_known = number.isdecimal() and int(number) in under_way
        if not is_known and path.stat().st_mtime < before.timestamp():
            shutil.rmtree(path, ignore_errors=True)


def pupil_key() -> bytes:
    """Give the office's key for pupils' identifiers.

    Raises
    ------
    UsageError
        If there is none, or it could be guessed.
    """
    told = settings.ENVIRONMENT.pupil_key.get_secret_value()
    if not told:
        raise UsageError(
            "Marks cannot be read yet: the office has set no key for pupils' identifiers "
            "(SCHOOLHUBS_PUPIL_KEY). Nothing was stored."
        )
    try:
        raw = bytes.fromhex(told)
    except ValueError:
        raw = told.encode()
    reading.hashed([pl.Series([""])], key=raw, urn=ANY_SCHOOL)  # refuses what can be guessed
    return raw


@contextlib.contextmanager
def alone_in_store() -> Iterator[None]:
    """Wait until nobody else changes the store, and let nobody else meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [STORE_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [STORE_LOCK])
