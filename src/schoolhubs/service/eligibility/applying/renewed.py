"""What the school register says of a school now, and said otherwise when it began to apply."""

import dataclasses
import datetime

from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.facts import facts
from schoolhubs.service.schools.queries import schools_of
from schoolhubs.vocabulary.words import plain


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """One fact that the register says otherwise now, with where each was published."""

    name: str
    before: str
    now: str


def renewed_since(
    begun_at: datetime.datetime, school: School, snapshot: RegisterSnapshot
) -> tuple[Renewed, ...]:
    """Compare a school's facts with those of the register in use when its application was begun.

    Nothing where that register is still the one in use, or did not hold the school.
    """
    earlier = RegisterSnapshot.objects.filter(imported_at__lte=begun_at).exclude(pk=snapshot.pk)
    then = earlier.defer("archive").order_by("-imported_at", "-pk").first()
    if then is None or snapshot.imported_at <= begun_at:
        return ()
    before = schools_of(then).filter(urn=school.urn).first()
    return compared(before, school) if before else ()


def compared(before: School, now: School) -> tuple[Renewed, ...]:
    """Give what differs between two readings of one school, in the order of its page."""
    was, is_ = _said(before), _said(now)
    return tuple(
        Renewed(name=name, before=was.get(name, "not known"), now=said)
        for name, said in is_.items()
        if was.get(name, "not known") != said
    )


def _said(school: School) -> dict[str, str]:
    about = {
        "Name": school.name,
        "Phase": plain(school.phase),
        "Local authority": school.la_name or "not known",
        "Trust": school.facts.get("trust_name") or "none",
        "Open": "Yes" if school.is_open else "No",
    }
    return about | {each.name: f"{each.value} ({each.where})" for each in facts(school)}
