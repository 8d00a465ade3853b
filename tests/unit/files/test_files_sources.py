"""Every door of a file is guarded: size, archives, encodings, what is no file at all."""

import gzip
import io
import lzma
import struct
import zipfile

import pytest

from schoolhubs import files
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.published import ReadingLimits

LINKS = (
    "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n"
    "100006,134643,CCfL Key Stage 3,Predecessor - merged,01-01-2022\n"
)


def code(path, limits=None, **options):
    with pytest.raises(DataProblem) as caught:
        files.read(path, **options, **({"limits": limits} if limits else {}))
    return caught.value.problems[0].code


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("links.csv", lambda text: text),
        ("links.csv.gz", gzip.compress),
        ("links.csv.xz", lzma.compress),
        ("extract.zip", lambda text: zipped(("edubase.csv", text), ("__MACOSX/x.csv", b"1"))),
        ("no-ending", gzip.compress),
    ],
)
def test_a_table_reads_the_same_however_it_is_packed(saved, name, pack):
    path = saved(pack(LINKS.encode()), name)

    table = files.read(path)

    assert table.kind == "gias_links"
    assert table.frame["link_urn"].to_list() == ["134643"]


def test_a_folder_and_an_absent_file_are_told_apart(tmp_path):
    assert code(tmp_path) == "is_a_folder"
    assert code(tmp_path / "none.csv") == "no_such_file"


def test_an_empty_file_is_refused_packed_or_not(saved):
    assert code(saved(b"")) == "empty_file"
    assert code(saved(gzip.compress(b""), "e.gz")) == "empty_file"
    assert code(saved(zipped(), "e.zip")) == "empty_file"
    assert code(saved(b"\n\n \n")) == "empty_file"


def test_a_large_file_is_refused_before_it_is_read(saved):
    path = saved(b"")
    with path.open("wb") as sparse:
        sparse.truncate(1_000_000_000)

    assert code(path) == "file_too_large"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_bomb_is_stopped_by_its_ratio(saved, pack):
    path = saved(pack(b"0" * 20_000_000), "bomb.gz")

    assert code(path) == "archive_bomb"


def test_an_xz_that_asks_for_too_much_memory_is_refused(saved):
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 64_000_000}]
    path = saved(lzma.compress(LINKS.encode(), filters=filters), "greedy.xz")

    assert code(path, ReadingLimits(unpacking_memory_bytes=10_000_000)) == "damaged_archive"
    assert files.read(path).kind == "gias_links"


def test_archives_joined_end_to_end_are_one_table(saved):
    first, second = LINKS.encode().split(b"\n", 1)

    for pack in (gzip.compress, lzma.compress):
        table = files.read(saved(pack(first + b"\n") + pack(second), "joined"))
        assert table.frame.height == 1


def test_a_zip_bomb_is_refused_by_what_it_declares(saved):
    bomb = saved(zipped(("a.csv", b"0" * 20_000_000)), "bomb.zip")
    many = saved(zipped(*((f"{n}.csv", b"x") for n in range(101))), "many.zip")
    large = saved(zipped(("a.csv", bytes(2_000))), "large.zip")

    assert code(bomb) == "archive_bomb"
    assert code(many) == "too_many_entries"
    assert code(large, ReadingLimits(unpacked_bytes=1_000)) == "unpacks_too_large"


def test_a_zip_that_lies_about_its_size_is_stopped_while_unpacking(saved):
    honest = zipped(("a.csv", b"0" * 50_000))
    at = honest.rindex(b"PK\x01\x02") + 24
    lying = honest[:at] + struct.pack("<I", 10) + honest[at + 4 :]

    assert code(saved(lying, "lie.zip")) in {"damaged_archive", "not_recognised"}


def test_an_archive_in_an_archive_is_refused(saved):
    assert code(saved(gzip.compress(gzip.compress(LINKS.encode())), "n.gz")) == "nested_archive"
    inner = zipped(("a.csv", LINKS))
    assert code(saved(zipped(("inner.zip", inner)), "n.zip")) == "nested_archive"


def test_damaged_archives_are_told(saved):
    packed = gzip.compress(LINKS.encode() * 100)
    assert code(saved(packed[:-20], "cut.gz")) == "damaged_archive"
    assert code(saved(b"PK\x03\x04 and no more", "cut.zip")) == "damaged_archive"
    assert code(saved(lzma.compress(LINKS.encode())[:-12], "cut.xz")) == "damaged_archive"


def test_a_zip_of_several_tables_must_be_unpacked(saved):
    path = saved(zipped(("a.csv", LINKS), ("b.csv", LINKS)), "two.zip")

    assert code(path) == "several_tables"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LINKS.encode("utf-16"), "utf_16"),
        (LINKS.encode("utf-16-le"), "utf_16"),
        (LINKS.replace("Key", "K\0y").encode(), "nul_byte"),
        (b"%PDF-1.7 ...", "not_text"),
        (LINKS.encode() + b"1,2,\x81,x,01-01-2020\n", "unknown_encoding"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(saved, content, expected):
    assert code(saved(content)) == expected


def test_the_row_of_a_nul_byte_is_named(saved):
    with pytest.raises(DataProblem) as caught:
        files.read(saved(LINKS.replace("Key", "K\0y")))

    assert caught.value.problems[0].row == 2


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("ascii", "ascii"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_found_and_names_survive(saved, encoding, found):
    name = "CCfL Key Stage 3" if encoding == "ascii" else "École Ste Thérèse"
    text = LINKS.replace("CCfL Key Stage 3", name)

    table = files.read(saved(text.encode(encoding)))

    assert table.encoding == found
    assert table.frame["link_name"].to_list() == [name]
