"""Files on their way in: to disk in pieces, no more than the most allowed, from nobody else."""

import datetime
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from schoolhubs.service.accounts.actors import ANYBODY
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.imports.sealing import Seal
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import ReadingLimits

TABLES = (".csv", ".json", ".gz", ".xz", ".txt", ".xlsx")
PIECE = 1 << 20
LONGEST_NAME_BYTES = 120  # file systems take 255 bytes, whatever signs these are
ON_THE_WAY = ".on-the-way"
FILES_FROM, IS_SEALED = "files_from", "is_sealed"
ADMINISTRATORS = (Role.OFFICE_ADMINISTRATOR,)
View = TypeVar("View", bound=Callable[..., Any])


def takes_files_from(*roles: Role, is_sealed: bool = False) -> Callable[[View], View]:
    """Mark a view with who may bring it files, where it is not the office's administrators.

    ``is_sealed`` says that they name pupils: nothing readable of them comes to disk.
    """

    def mark(view: View) -> View:
        setattr(view, FILES_FROM, roles)
        setattr(view, IS_SEALED, is_sealed)
        return view

    return mark


def files_from(request: Any) -> tuple[Role, ...]:
    """Give the roles that may bring files to the page that is asked for."""
    match = getattr(request, "resolver_match", None)
    found: tuple[Role, ...] = getattr(match and match.func, FILES_FROM, ADMINISTRATORS)
    return found


def is_sealed(request: Any) -> bool:
    """Say whether files brought to the page that is asked for are sealed."""
    match = getattr(request, "resolver_match", None)
    return bool(getattr(match and match.func, IS_SEALED, False))


class FileOnDisk(UploadedFile):  # type: ignore[type-arg]
    """A file on its way in, in the data folder; it is gone once closed, unless it was moved."""

    def __init__(self, name: str | None) -> None:
        folder = Path(settings.UPLOADS)
        folder.mkdir(parents=True, exist_ok=True)
        held = tempfile.NamedTemporaryFile(dir=folder, suffix=ON_THE_WAY, delete=False)  # noqa: SIM115
        super().__init__(held, name)

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.file.name)  # type: ignore[union-attr]

    def close(self) -> None:
        """Close it, and remove it where it was left."""
        self.file.close()  # type: ignore[union-attr]
        self.path.unlink(missing_ok=True)


class ToDisk(FileUploadHandler):
    """Writes an upload to the data folder as it comes.

    It stops at the first byte where the request says that it is larger than allowed, on the way
    where it turns out so, and at once where the sender may not bring files at all. The page then
    says why: ``request.refused_upload``.
    """

    held: FileOnDisk | None = None
    seal: Seal | None = None

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002
        META: Mapping[str, Any],  # noqa: N803, ARG002 - Django's name
        content_length: int,
        boundary: Any,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Note how much the sender says will come; the form's own fields are read in any case."""
        self.said_bytes, self.taken_bytes = content_length, 0
        self.most_bytes = settings.ENVIRONMENT.upload_megabytes * 1_000_000

    def new_file(self, *given: Any, **named: Any) -> None:
        """Refuse a file before any of it is read."""
        super().new_file(*given, **named)
        actor = getattr(self.request, "actor", ANYBODY)
        if not actor.holds(*files_from(self.request)):
            self._refuse("role")
        # The words around the files count too; they are few.
        if self.said_bytes > self.most_bytes + PIECE:
            self._refuse("size")
        self.held = FileOnDisk(self.file_name)
        self.seal = Seal() if is_sealed(self.request) else None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        """Write one piece, unless it is one too many."""
        assert self.held is not None
        self.taken_bytes += len(raw_data)
        if self.taken_bytes > self.most_bytes:
            self._refuse("size")
        self.held.write(self.seal(raw_data) if self.seal else raw_data)

    def file_complete(self, file_size: int) -> FileOnDisk:
        """Hand the whole file over."""
        assert self.held is not None
        if self.seal:
            self.held.write(self.seal(b"", is_last=True))
        self.held.flush()
        self.held.size = file_size
        done, self.held = self.held, None
        return done

    def upload_interrupted(self) -> None:
        """Remove what came of a file that did not come whole."""
        if self.held is not None:
            self.held.close()
            self.held = None

    def _refuse(self, why: str) -> None:
        self.upload_interrupted()
        self.request.refused_upload = why  # type: ignore[union-attr]
        raise StopUpload(connection_reset=True)


def clear_broken_off(*, before: datetime.datetime) -> None:
    """Remove what was on its way when a process ended."""
    for path in Path(settings.UPLOADS).glob(f"*{ON_THE_WAY}"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def folder_of(import_id: int) -> Path:
    """Give the folder where an import's files are while they are needed."""
    return Path(settings.UPLOADS) / f"import-{import_id}"


def keep(import_id: int, given: Iterable[FileOnDisk]) -> list[dict[str, Any]]:
    """Move uploaded files into the import's folder, each in a folder of its own.

    Two files may have one name, and a name may say the year.
    """
    kept = []
    for n, each in enumerate(given, 1):
        place = folder_of(import_id) / str(n)
        place.mkdir(parents=True)
        path = place / _safe(each.name or "file")
        each.path.rename(path)
        each.close()
        kept.append({"name": path.name, "bytes": path.stat().st_size, "sha256": digest(path)})
    return kept


def digest(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as held:
        return hashlib.file_digest(held, "sha256").hexdigest()


def remove(import_id: int) -> None:
    """Remove an import's files; none there is fine."""
    shutil.rmtree(folder_of(import_id), ignore_errors=True)


def brought(import_id: int, limits: ReadingLimits) -> tuple[list[Path], list[Problem]]:
    """List an import's files, those of a zip of several tables one by one.

    Returns
    -------
    list of Path, list of Problem
        In order of upload and name; what could not be unpacked.
    """
    paths: list[Path] = []
    problems: list[Problem] = []
    for place in sorted(folder_of(import_id).iterdir(), key=lambda folder: int(folder.name)):
        for path in sorted(each for each in place.iterdir() if each.is_file()):
            try:
                paths += _unpacked(path, limits) if _holds_several(path) else [path]
            except DataProblem as error:
                problems += error.problems
    return paths, problems


def _holds_several(path: Path) -> bool:
    return zipfile.is_zipfile(path) and len(_tables(path)) > 1


def _tables(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == "[Content_Types].xml" for entry in entries):
        return []  # a workbook is one file
    return [
        entry
        for entry in entries
        if entry.filename.lower().endswith(TABLES)
        and not PurePosixPath(entry.filename).name.startswith(".")
        and not entry.filename.startswith("__MACOSX/")
    ]


def _unpacked(path: Path, limits: ReadingLimits) -> list[Path]:
    """Unpack the tables of a zip beside it, within the limits; done already, only list them."""
    place, done = path.with_name("unpacked"), path.with_name("unpacked.done")
    entries = _tables(path)
    if len(entries) > limits.archive_entries:
        raise _refused(path, f"the zip holds {len(entries):,} tables")
    if not done.exists():
        shutil.rmtree(place, ignore_errors=True)  # a try that a power cut ended
        left = limits.unpacked_bytes
        for n, entry in enumerate(entries, 1):
            left -= _unpack(path, entry, place / str(n), left)
        done.mkdir()
    return [
        place / str(n) / _safe(PurePosixPath(entry.filename).name)
        for n, entry in enumerate(entries, 1)
    ]


def _unpack(path: Path, entry: zipfile.ZipInfo, place: Path, most_bytes: int) -> int:
    place.mkdir(parents=True)
    taken = 0
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(entry) as packed,
            (place / _safe(PurePosixPath(entry.filename).name)).open("wb") as out,
        ):
            while piece := packed.read(PIECE):
                taken += len(piece)
                if taken > most_bytes:
                    raise _refused(path, "the tables in the zip are larger than is read at all")
                out.write(piece)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise _refused(path, f"{entry.filename} in the zip cannot be unpacked") from error
    return taken


def _refused(path: Path, fault: str) -> DataProblem:
    remedy = "Unpack it yourself, and bring the tables one by one."
    return DataProblem([Problem(code="zip", file=path.name, fault=fault, remedy=remedy)])


def _safe(name: str) -> str:
    r"""Give a file's own name, without folders and control characters.

    >>> _safe("../../a\x00b.csv"), len(_safe("ŵ" * 200 + ".csv").encode())
    ('ab.csv', 120)
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if sign.isprintable())
    # Cut at the front, between two signs: the end says of what kind it is.
    return kept.encode()[-LONGEST_NAME_BYTES:].decode(errors="ignore").strip(". ") or "file"
