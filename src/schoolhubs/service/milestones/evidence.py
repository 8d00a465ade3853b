"""What stands beside a request for a further year: tasks, days, concerns, surveys, from ledgers."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.urls import reverse

from schoolhubs.service import clock
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.office.beside import Row
from schoolhubs.service.surveys.models import Respondents, Survey
from schoolhubs.service.surveys.queries import OVER
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted


def evidence_of(partnership: Partnership) -> Iterator[Row]:
    """Give what a partnership had come to by today, each with the page that shows it."""
    rows = Partnership.objects.select_related("extends").filter(pk=partnership.pk)
    found = next(iter(together(rows, on=clock.day())), None)
    if found is None:
        return
    at = reverse("terms", kwargs={"partnership_id": partnership.pk})
    n_left = sum(each.is_left for each in found.dues)
    words = f"{len(found.dues) - n_left} of {len(found.dues)} completed"
    yield Row(key="Tasks", text=words, href=at)
    late = [each.milestone.title for each in found.dues if each.standing.value == "Overdue"]
    yield Row(key="Overdue", text="; ".join(late) or "Nothing", href=at)
    yield Row(key="Days agreed", text="; ".join(_days(found)) or "None yet", href="")
    yield Row(key="Surveys closed", text="; ".join(_surveys(partnership)) or "None", href="")
    n = partnership.concerns.count()
    yield Row(key="Concerns raised", text=counted(n, "concern") if n else "None", href=at)
    rested = [each for each in found.pauses if each.until_on]
    if rested or found.is_resting:
        text = "; ".join(f"{day(each.from_on)} to {day(each.until_on)}" for each in rested)
        yield Row(key="Rests", text=text or "Rests now", href=at)


def _days(found: Together) -> Iterator[str]:
    half_days: Counter[str] = Counter()
    for each in found.days:
        if each.is_agreed:
            half_days[each.kind.value.replace("_", " ")] += each.partner_half_days
    for kind, n in sorted(half_days.items()):
        yield f"{kind}: {n / 2:g}"


def _surveys(partnership: Partnership) -> Iterator[str]:
    """Name what was asked and when: the first is the baseline, a later one what came after."""
    held = Survey.objects.filter(urn=partnership.partner_urn, state__in=OVER)
    waves: dict[str, list[str]] = defaultdict(list)
    for respondents, closed_on in held.order_by("closed_on").values_list(
        "respondents", "closed_on"
    ):
        waves[Respondents(respondents).label].append(f"{closed_on:%B %Y}")
    yield from (f"{who}: {', '.join(months)}" for who, months in sorted(waves.items()))
