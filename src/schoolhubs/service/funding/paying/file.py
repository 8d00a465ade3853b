"""The file handed over to whoever pays: a row a payment, and the digest of the rows at its end."""

import hashlib
from collections.abc import Iterable, Mapping

from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.vocabulary.money import plain
from schoolhubs.vocabulary.tables import csv_line

HEADS = (
    "reference",
    "payee_kind",
    "payee_id",
    "payee_name",
    "milestone",
    "amount_pounds",
    "pay_on",
)
END = "end"


def made(payments: Iterable[Payment], names: Mapping[str, str], *, pay_on: str) -> tuple[str, str]:
    """Give the file and its digest: the SHA-256 of every line before the last.

    The last line says how many payments there are, what they come to, and the digest. A payment
    of nothing, all of it taken for clawback, is not sent.
    """
    sent = [each for each in payments if each.amount_pence]
    lines = [csv_line(HEADS)]
    for each in sent:
        kind, _, number = each.payee.partition(":")
        told = (names.get(each.payee, ""), each.milestone, plain(each.amount_pence), pay_on)
        lines.append(csv_line([each.reference, kind, number, *told]))
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    total = plain(sum(each.amount_pence for each in sent))
    lines.append(csv_line([END, str(len(sent)), "", digest, "", total, pay_on]))
    return "".join(lines), digest


def is_whole(text: str) -> bool:
    r"""Tell whether a file is as it was made, by the digest it carries.

    >>> is_whole("reference\nend,0,,0000,0.00,2027-01-01\n")
    False
    """
    *rows, last = text.splitlines(keepends=True)
    cells = last.strip().split(",")
    return cells[0] == END and hashlib.sha256("".join(rows).encode()).hexdigest() == cells[3]
