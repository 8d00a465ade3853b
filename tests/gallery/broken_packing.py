"""Broken on the outside: no file at all, bombs, damaged archives, things that are no table."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
from pathlib import Path

from gallery.making import Broken, absence, file, links, locked, method_unknown, zipped
from schoolhubs.vocabulary.records.published import ReadingLimits

FETCH, UNPACK = "Fetch it again", "Unpack it"
ZEROS = 20_000_000


def _folder(folder: Path) -> Path:
    path = folder / "folder.csv"
    path.mkdir()
    return path


def _loop(folder: Path) -> Path:
    path, other = folder / "loop.csv", folder / "other"
    path.symlink_to(other)
    other.symlink_to(path)
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.csv"
    os.mkfifo(path)
    return path


def _endless(folder: Path) -> Path:
    path = folder / "endless.csv"
    path.symlink_to("/dev/zero")
    return path


def _unreadable(folder: Path) -> Path:
    # Root may read any file by its permissions, but nobody the memory of a process from 0.
    path = folder / "locked.csv"
    path.symlink_to("/proc/self/mem")
    return path


def gigabyte(folder: Path) -> Path:
    """Make a file of 1 GB that takes no room on the disk."""
    path = folder / "huge.csv"
    with path.open("wb") as sparse:
        sparse.truncate(1_000_000_000)
    return path


def _lying_zip() -> bytes:
    honest = zipped(("a.csv", b"0" * 50_000))
    at = honest.rindex(b"PK\x01\x02") + 24
    return honest[:at] + struct.pack("<I", 10) + honest[at + 4 :]


def _tarred() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        member = tarfile.TarInfo("links.csv")
        member.size = len(links())
        archive.addfile(member, io.BytesIO(links().encode()))
    return held.getvalue()


def _cut(packed: bytes, n: int) -> bytes:
    return packed[:-n]


def _flipped(packed: bytes, at: int) -> bytes:
    return packed[:at] + bytes([packed[at] ^ 0xFF]) + packed[at + 1 :]


def _gz() -> bytes:
    return gzip.compress(absence().encode() * 50, mtime=0)


def workbook() -> bytes:
    """Give an Excel workbook with one small sheet."""
    return zipped(
        ("[Content_Types].xml", "<Types/>"),
        ("xl/sharedStrings.xml", "<sst><si><t>urn</t></si></sst>"),
        ("xl/worksheets/sheet1.xml", '<worksheet><dimension ref="A1:B3"/></worksheet>'),
    )


NO_FILE = [
    Broken(name="empty file", make=file(b""), code="empty_file", says=("is empty", FETCH)),
    Broken(
        name="only blank lines",
        make=file("\n \n\n"),
        code="empty_file",
        says=("nothing but blank lines", FETCH),
    ),
    Broken(
        name="folder given as a file",
        make=_folder,
        code="is_a_folder",
        says=("this is a folder", "Name a file inside it"),
        by_command=False,
    ),
    Broken(
        name="missing file",
        make=lambda folder: folder / "none.csv",
        code="no_such_file",
        says=("there is no file", "Check how the path is spelt"),
        by_command=False,
    ),
    Broken(
        name="links that point at one another",
        make=_loop,
        code="no_such_file",
        says=("there is no file", "Check how the path is spelt"),
        by_command=False,
    ),
    Broken(
        name="pipe that nobody writes to",
        make=_pipe,
        code="not_a_file",
        says=("not an ordinary file", "Copy it into a file"),
    ),
    Broken(
        name="endless device",
        make=_endless,
        code="not_a_file",
        says=("not an ordinary file", "Copy it into a file"),
    ),
    Broken(
        name="file that may not be read",
        make=_unreadable,
        code="unreadable",
        says=("cannot be read", "permission"),
    ),
    Broken(
        name="1 GB",
        make=gigabyte,
        code="file_too_large",
        says=("1,000,000,000 bytes; 500,000,000 are read at most", "the file you meant"),
    ),
]

BOMBS = [
    Broken(
        name="gzip bomb",
        make=file(lambda: gzip.compress(bytes(ZEROS)), "bomb.csv.gz"),
        code="archive_bomb",
        says=("more than 200 times its size", UNPACK),
    ),
    Broken(
        name="xz bomb",
        make=file(lambda: lzma.compress(bytes(ZEROS), preset=0), "bomb.csv.xz"),
        code="archive_bomb",
        says=("more than 200 times its size", UNPACK),
    ),
    Broken(
        name="zip bomb by its ratio",
        make=file(lambda: zipped(("a.csv", bytes(ZEROS))), "bomb.zip"),
        code="archive_bomb",
        says=("more than 200 times its size", UNPACK),
    ),
    Broken(
        name="zip of many files",
        make=file(lambda: zipped(*((f"{n}.csv", b"x") for n in range(101))), "many.zip"),
        code="too_many_entries",
        says=("the zip holds 101 files; 100 at most", UNPACK),
    ),
    Broken(
        name="zip larger than the limit",
        make=file(lambda: zipped(("a.csv", os.urandom(3_000)), method=0), "large.zip"),
        code="unpacks_too_large",
        says=("more than 1,000 bytes, the most that is read", UNPACK),
        limits=ReadingLimits(unpacked_bytes=1_000),
        by_command=False,
    ),
    Broken(
        name="zip that lies about its size",
        make=file(_lying_zip, "lie.zip"),
        code="damaged_archive",
        says=("damaged or cut short", FETCH),
    ),
    Broken(
        name="gzip in gzip",
        make=file(lambda: gzip.compress(_gz()), "twice.csv.gz"),
        code="nested_archive",
        says=("another archive (gzip) inside", UNPACK),
    ),
    Broken(
        name="zip in zip",
        make=file(lambda: zipped(("inner.zip", zipped(("a.csv", links())))), "twice.zip"),
        code="nested_archive",
        says=("another archive (zip) inside", UNPACK),
    ),
    Broken(
        name="tar in gzip",
        make=file(_tarred, "links.tar.gz"),
        code="nested_archive",
        says=("another archive (tar) inside", UNPACK),
    ),
]

ARCHIVES = [
    Broken(
        name="zip that names a file outside itself",
        make=file(lambda: zipped(("../../links.csv", links())), "outside.zip"),
        code="unsafe_name",
        says=("../../links.csv", "outside the archive", UNPACK),
        value="../../links.csv",
    ),
    Broken(
        name="zip with a password",
        make=file(lambda: locked(zipped(("links.csv", links()))), "locked.zip"),
        code="locked_archive",
        says=("links.csv in the zip is locked with a password", UNPACK),
    ),
    Broken(
        name="zip packed in an unknown way",
        make=file(lambda: method_unknown(zipped(("links.csv", links()))), "odd.zip"),
        code="damaged_archive",
        says=("the zip archive is damaged or cut short", FETCH),
    ),
    Broken(
        name="zip cut short",
        make=file(lambda: _cut(zipped(("links.csv", links())), 30), "cut.zip"),
        code="damaged_archive",
        says=("the zip archive is damaged or cut short", FETCH),
    ),
    Broken(
        name="zip of two tables",
        make=file(lambda: zipped(("a.csv", links()), ("b.csv", links())), "two.zip"),
        code="several_tables",
        says=("holds 2 tables (a.csv, b.csv)", UNPACK),
    ),
    Broken(
        name="zip without a table",
        make=file(lambda: zipped(("a.docx", "a"), ("b.png", "b")), "none.zip"),
        code="no_table",
        says=("none of the 2 files in the zip is a table", UNPACK),
    ),
    Broken(
        name="zip with nothing in it",
        make=file(zipped, "hollow.zip"),
        code="empty_file",
        says=("the zip holds no file", FETCH),
    ),
    Broken(
        name="bytes at random named .zip",
        make=file(b"\x81\x8d\x8f\x90 no archive", "not-a.zip"),
        code="unknown_encoding",
        says=("byte 0x81", "CSV UTF-8"),
        row=1,
    ),
    Broken(
        name="gzip cut short",
        make=file(lambda: _cut(_gz(), 20), "cut.csv.gz"),
        code="damaged_archive",
        says=("the gzip archive is damaged or cut short", FETCH),
    ),
    Broken(
        name="gzip whose checksum is wrong",
        make=file(lambda: _flipped(_gz(), -6), "sum.csv.gz"),
        code="damaged_archive",
        says=("the gzip archive is damaged or cut short", FETCH),
    ),
    Broken(
        name="xz with a changed byte",
        make=file(lambda: _flipped(lzma.compress(links().encode()), 40), "changed.csv.xz"),
        code="damaged_archive",
        says=("the xz archive is damaged or cut short", FETCH),
    ),
    Broken(
        name="gzip of nothing",
        make=file(lambda: gzip.compress(b""), "hollow.csv.gz"),
        code="empty_file",
        says=("nothing inside the archive", FETCH),
    ),
]

NO_TABLE = [
    Broken(
        name="Excel workbook named .csv",
        make=file(workbook, "schools.csv"),
        code="not_recognised",
        says=("this is an Excel workbook (.xlsx)", "as CSV UTF-8"),
    ),
    Broken(
        name="old Excel workbook",
        make=file(b"\xd0\xcf\x11\xe0" + bytes(600), "schools.xls"),
        code="not_text",
        says=("an old Excel workbook (.xls), not a table", "as CSV"),
    ),
    Broken(
        name="PDF named .csv",
        make=file(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "report.csv"),
        code="not_text",
        says=("a PDF document, not a table", "as CSV"),
    ),
    Broken(
        name="picture named .csv",
        make=file(b"\x89PNG\r\n\x1a\n" + bytes(50), "map.csv"),
        code="not_text",
        says=("a picture, not a table", "as CSV"),
    ),
    Broken(
        name="Parquet named .csv",
        make=file(b"PAR1" + bytes(50) + b"PAR1", "schools.csv"),
        code="not_text",
        says=("a Parquet file, not a table", "as CSV"),
    ),
    Broken(
        name="bzip2",
        make=file(bz2.compress(links().encode()), "links.csv.bz2"),
        code="not_text",
        says=("a bzip2 archive, not a table", "as CSV"),
    ),
    Broken(
        name="web page saved instead of the file",
        make=file("<!DOCTYPE html><html><title>Sign in</title></html>", "gias.csv"),
        code="not_text",
        says=("a web page", "as CSV"),
    ),
]

CASES = [*NO_FILE, *BOMBS, *ARCHIVES, *NO_TABLE]
