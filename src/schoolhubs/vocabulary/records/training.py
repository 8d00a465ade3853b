"""Training: what a programme teaches to whom by when, who is to be taught, and who has done it."""

import dataclasses
import datetime
import enum


class Duty(enum.StrEnum):
    """What a leader whom a school names sees to; one leader may see to several."""

    BEHAVIOUR = "behaviour"
    ATTENDANCE = "attendance"
    INCLUSION = "inclusion"


EVERY_LEADER = "every"


class Taught(enum.StrEnum):
    """How a module is taught."""

    ONLINE = "online"
    AT_A_HUB = "at_a_hub"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TrainingModule:
    """One module of a programme's training, as at one day.

    Parameters
    ----------
    module, title, about
        Its name in the definition, its own, and what it is for.
    pathways
        Pathways whose schools it is for.
    school_settings
        Settings of those schools: ``mainstream``, ``special``, ``alternative_provision``.
    for_duties
        Whom of a school's leaders it is for: one :class:`Duty` or more, or ``every``.
    taught
        Online, or at a hub.
    half_days
        Half-days it takes each leader.
    is_required
        Each leader it is for owes it; otherwise it is offered.
    due_by_term
        The term of the partnership, counted from 1, by whose end it is due.
    is_assumed
        Some value of it was not published.
    """

    module: str
    title: str
    about: str
    pathways: tuple[str, ...]
    school_settings: tuple[str, ...]
    for_duties: tuple[str, ...]
    taught: Taught
    half_days: int
    is_required: bool
    due_by_term: int
    is_assumed: bool

    def is_for(self, duties: frozenset[Duty]) -> bool:
        """Tell whether it is for a leader who sees to some duties."""
        return EVERY_LEADER in self.for_duties or not duties.isdisjoint(self.for_duties)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRules:
    """The training of a programme, as at one day.

    Parameters
    ----------
    modules
        In the order of the definition.
    declared_counts
        What a leader declares counts before whoever taught confirms it.
    later_leader_terms
        Further terms that a leader has who was named after a module was due.
    reminder_days
        Days before a session on which those signed up are reminded.
    """

    modules: tuple[TrainingModule, ...]
    declared_counts: bool
    later_leader_terms: int
    reminder_days: int

    def module(self, module: str) -> TrainingModule | None:
        """Give one module by its name; None where the definition has no such module."""
        return next((each for each in self.modules if each.module == module), None)

    def of_school(self, pathway: str, setting: str) -> tuple[TrainingModule, ...]:
        """Give the modules for schools of a pathway and setting."""
        return tuple(
            each
            for each in self.modules
            if pathway in each.pathways and setting in each.school_settings
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """A senior leader whom a school named.

    Parameters
    ----------
    leader_id
        The leader's number; no name.
    duties
        What this leader sees to; may be empty.
    named_on
        The first day.
    left_on
        The first day on which somebody is no longer a leader of this school; None for one who is.
    succeeds
        The leader whose place was taken; blank for none.
    """

    leader_id: str
    duties: frozenset[Duty]
    named_on: datetime.date
    left_on: datetime.date | None = None
    succeeds: str = ""

    def is_there(self, on: datetime.date) -> bool:
        """Tell whether this is a leader of the school on a day."""
        return self.named_on <= on and (self.left_on is None or on < self.left_on)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ModuleDone:
    """A leader's completion of a module: recorded by whoever taught, or declared by the leader.

    ``is_confirmed`` says that whoever taught recorded or confirmed it.
    """

    leader_id: str
    module: str
    on: datetime.date
    is_confirmed: bool
