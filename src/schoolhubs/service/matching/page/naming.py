"""Puts the names of schools beside their numbers, in sentences that the stages wrote."""

import re
from collections.abc import Callable, Iterable

from schoolhubs.service.schools.models import School

URN = re.compile(r"(?<!URN )\b\d{6}\b")


def teller(said: Iterable[str], snapshot_id: int) -> Callable[[str], str]:
    """Give what names the schools of a register in some sentences, with one question to it.

    Parameters
    ----------
    said
        All the sentences that will be told.
    """
    urns = {urn for words in said for urn in URN.findall(words)}
    schools = School.objects.filter(snapshot_id=snapshot_id, urn__in=urns) if urns else []
    names = {each.urn: each.name for each in schools}

    def told(words: str) -> str:
        return URN.sub(
            lambda at: f"{names[at[0]]} (URN {at[0]})" if at[0] in names else at[0], words
        )

    return told
