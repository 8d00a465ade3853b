"""Who does what when in the demonstration's year, and the words they use."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.utils import timezone

from schoolhubs.service.demo.intakes import PLACE
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.written.stored import read_facts

DAY = datetime.timedelta(days=1)


@functools.cache
def story() -> Mapping[str, Any]:
    """Read what happened and what people wrote down."""
    text = resources.files(__package__).joinpath("story.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does something, for whom and when; ``said`` gives it as actions ask."""

    by: str
    organisation: str
    on: datetime.date
    hour: int = 16

    @property
    def at(self) -> datetime.datetime:
        """The moment, on the clocks of England."""
        time = datetime.time(self.hour)
        return datetime.datetime.combine(self.on, time, timezone.get_current_timezone())

    @property
    def said(self) -> dict[str, Any]:
        """As actions ask."""
        return {
            "by": self.by, "organisation": self.organisation, "at": self.at, "place": PLACE,
        }  # fmt: skip


def lead(partnership: Partnership, on: datetime.date) -> Doing:
    """Give somebody of the lead school, on a day."""
    return Doing(by="lead school", organisation=f"school:{partnership.lead_urn}", on=on)


def partner(partnership: Partnership, on: datetime.date) -> Doing:
    """Give somebody of the partner school, on a day."""
    return Doing(by="partner school", organisation=f"school:{partnership.partner_urn}", on=on)


def office(by: str, on: datetime.date) -> Doing:
    """Give somebody of the programme office, on a day."""
    return Doing(by=by, organisation="office:demo-office", on=on)
