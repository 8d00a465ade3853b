"""Reads a snapshot back as the school register it was made of."""

import io
import tempfile
import zipfile
from pathlib import Path

from schoolhubs import schools
from schoolhubs.service.schools.models import RegisterSnapshot


def register_of(snapshot: RegisterSnapshot) -> schools.SchoolRegister:
    """Give the school register of a snapshot, to the byte as it was kept."""
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(io.BytesIO(bytes(snapshot.archive))) as archive,
    ):
        archive.extractall(folder)
        return schools.read_register(Path(folder))
