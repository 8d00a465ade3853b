"""Text out of bytes, in the encodings that published files have."""

import re
from pathlib import Path

from schoolhubs.files.opening.faults import fault

_FOREIGN = {
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "a bzip2 archive",
}


def decoded(path: Path, data: bytes) -> tuple[str, str]:
    """Turn bytes into text and name the encoding: ascii, utf-8, utf-8-sig or windows-1252.

    Raises
    ------
    DataProblem
        If it is not text, or text in another encoding (UTF-16 among them).
    """
    foreign = next((name for magic, name in _FOREIGN.items() if data.startswith(magic)), "")
    if data.lstrip()[:1] == b"<":
        foreign = "a web page or XML"
    if foreign:
        remedy = "Give the table as CSV, as its publisher offers it."
        raise fault(path, "not_text", f"this is {foreign}, not a table", remedy)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > len(data[:200]) // 4:
        remedy = "Save it as CSV UTF-8, or fetch the CSV from its publisher."
        raise fault(path, "utf_16", "the text is UTF-16, which no published file is", remedy)
    if (at := data.find(0)) >= 0:
        raise fault(
            path,
            "nul_byte",
            "there is a NUL byte in the text",
            "The file is damaged or not a text file. Fetch it again from its publisher.",
            row=data.count(b"\n", 0, at) + 1,
        )
    text, encoding = _text_of(path, data)
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")  # line ends of an old Mac
    return text, encoding


def row_of_other_encoding(data: bytes) -> int | None:
    r"""Find the first line of a Windows-1252 file that is UTF-8, as in files put together.

    Its names come out garbled; that is no fault of the figures, so it is told and not refused.

    >>> row_of_other_encoding("a\né\n".encode() + "é".encode("cp1252"))
    2
    """
    # A capital letter with an accent, then a sign: two characters no name has, one of UTF-8.
    found = re.search(rb"[\xc3-\xc5][\x80-\xbf]|\xe2\x80[\x90-\xbf]", data)
    return None if found is None else data.count(b"\n", 0, found.start()) + 1


def _text_of(path: Path, data: bytes) -> tuple[str, str]:
    if data.isascii():
        return data.decode("ascii"), "ascii"
    is_marked = data.startswith(b"\xef\xbb\xbf")
    for encoding in ("utf-8-sig",) if is_marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), "windows-1252" if encoding == "cp1252" else encoding
        except UnicodeDecodeError as error:
            # The position counts from behind the mark.
            at = error.start + (3 if is_marked else 0)
    if is_marked:
        text = f"the file is marked as UTF-8 but byte 0x{data[at]:02X} does not belong to it"
    else:
        text = f"byte 0x{data[at]:02X} belongs to neither UTF-8 nor Windows-1252"
    raise fault(
        path,
        "mixed_encoding" if is_marked else "unknown_encoding",
        text,
        "Save the file as CSV UTF-8, or fetch it again from its publisher.",
        row=data.count(b"\n", 0, at) + 1,
    )
