"""Forms of a plan's parts, and the parts they make; a draft leaves blank what it likes."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from schoolhubs.plans import facts
from schoolhubs.service.plans.writing.fields import (
    choice,
    day,
    figure,
    line,
    lines_of,
    pence,
    pounds,
    ticks,
    words,
)
from schoolhubs.service.plans.writing.measured import measures
from schoolhubs.service.plans.writing.shown import ShownForm
from schoolhubs.vocabulary.records.plan import (
    ActionPlan,
    Conditions,
    Consultation,
    Measured,
    Objective,
    PlannedAction,
)
from schoolhubs.vocabulary.root_causes import root_causes, settings

REVIEWS = ("review_1", "review_2", "review_3")
KINDS = {
    "support": "Support", "reward": "Reward or recognition", "sanction": "Sanction",
    "timetable": "Part-time or changed timetable", "contact": "Contact with families",
}  # fmt: skip
TURNS_ON = {"attendance": "Attendance", "lateness": "Being late", "conduct": "Conduct",
            "effort": "Effort"}  # fmt: skip
LEAVES_OUT = {
    "illness": "Illness", "medical": "Medical appointments", "disability": "Disability",
    "religion": "Religious observance", "caring": "Caring for somebody",
}  # fmt: skip
PURPOSES = {"health": "Health", "reintegration": "Coming back", "behaviour": "Behaviour"}
NO_NAME = "Name a job, such as Deputy head, not a pupil or parent."


class DetailsForm(ShownForm):
    """What the plan is called, and for which kind of school it is."""

    title = line("Title of the plan", required="Enter a title for the plan")
    setting = choice("Kind of school", settings().items(), blank="")

    @classmethod
    def initial_of(cls, plan: ActionPlan) -> dict[str, Any]:
        """Give what stands."""
        return {"title": plan.title, "setting": plan.setting}

    def edit(self, plan: ActionPlan) -> ActionPlan:
        """Put what was typed into a plan."""
        said = self.cleaned_data
        return dataclasses.replace(
            plan, title=said["title"], setting=said["setting"] or plan.setting
        )


class ObjectiveForm(ShownForm):
    """One objective: what it rests on, how it is measured, by when, and how sure anybody is."""

    sections: ClassVar = {
        "title": "What is to change", "measure": "How anybody will know",
        "owner": "Who and when", "evidence_strength": "How much is known",
    }  # fmt: skip
    title = line("What is to change?", required="Enter what is to change")
    finding_id = choice("Finding it rests on", (), "Of the school’s confirmed diagnosis")
    measure = choice("Measure", ())
    value = figure("Baseline", "The figure at the start", least=0)
    low = figure("Lower end of its 90 % interval", least=0)
    high = figure("Upper end of its 90 % interval", least=0)
    n = figure("Pupils or answers behind it", "Leave blank if not known", least=0)
    measured_on = day("Last day the baseline counts")
    source = line("Where the baseline was read", "For example, own marks, autumn 2026")
    expected_size = figure(
        "Improvement hoped for by the last review",
        "In the unit of the measure. In a good year the whole nation’s absence fell by 0.3 points",
        least=0,
    )
    owner = line("Owner", NO_NAME, longest=120)
    started_on = day("First day")
    review_1 = day("First review")
    review_2 = day("Second review")
    review_3 = day("Third review")
    cost = figure("Cost beyond staff hours, in pounds", least=0)
    evidence_strength = choice("Strength of the evidence", ())
    evidence = words("Why", "What is known of the actions, in a sentence or two")

    def __init__(self, *given: Any, plan: ActionPlan, **more: Any) -> None:
        super().__init__(*given, **more)
        causes = root_causes()
        found = [
            (each.finding_id, each.title or causes[each.root_cause].title) for each in plan.findings
        ]
        known = facts.stored("strengths.yaml")["strengths"]
        _offer(self, "finding_id", found)
        _offer(self, "measure", [
            (name, f"{one['title']} ({one['unit']})") for name, one in measures().items()
        ])  # fmt: skip
        every = [(name, known[name]["title"]) for name in facts.strengths()]
        _offer(self, "evidence_strength", every)
        self.plan = plan

    @classmethod
    def initial_of(cls, one: Objective) -> dict[str, Any]:
        """Give what stands."""
        base = one.baseline
        told = {name: getattr(base, name) for name in MEASURED} if base else {}
        days = dict(zip(REVIEWS, one.review_on, strict=False))
        return {
            "title": one.title, "finding_id": one.finding_id, "measure": one.measure,
            "expected_size": one.expected_size, "owner": one.owner,
            "started_on": one.started_on, "cost": pounds(one.cost_pence),
            "evidence_strength": one.evidence_strength, "evidence": one.evidence, **told, **days,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Hold an interval around its value; keep a day for each review, in order."""
        said = super().clean() or {}
        value, low, high = (said.get(name) for name in ("value", "low", "high"))
        if value is None and (low is not None or high is not None) and "value" not in self.errors:
            self.add_error("value", "Enter the baseline that the interval is of")
        if value is not None and low is not None and low > value:
            self.add_error("low", "The lower end cannot be above the baseline")
        if value is not None and high is not None and high < value:
            self.add_error("high", "The upper end cannot be below the baseline")
        return said

    def objective(self, objective_id: str) -> Objective:
        """Make the objective of what was typed; its target is the baseline bettered by the size."""
        said = self.cleaned_data
        found = {each.finding_id: each.root_cause for each in self.plan.findings}
        n = said["n"]
        base = said["value"] is not None and Measured(
            value=said["value"], low=said["low"], high=said["high"], source=said["source"],
            n=None if n is None else int(n), measured_on=said["measured_on"],
        )  # fmt: skip
        days = sorted(said[name] for name in REVIEWS if said[name])
        return Objective(
            objective_id=objective_id, title=said["title"], finding_id=said["finding_id"],
            root_cause=found.get(said["finding_id"], ""), measure=said["measure"],
            baseline=base or None, expected_size=said["expected_size"],
            target=_target(said["measure"], said["value"], said["expected_size"]),
            owner=said["owner"], started_on=said["started_on"], review_on=tuple(days),
            cost_pence=pence(said["cost"]), evidence_strength=said["evidence_strength"],
            evidence=said["evidence"],
        )  # fmt: skip


MEASURED = ("value", "low", "high", "n", "measured_on", "source")


def _target(measure: str, value: float | None, size: float | None) -> float | None:
    if measure not in measures() or value is None or size is None:
        return None
    sign = -1 if measures()[measure]["better"] == "lower" else 1
    wanted = value + sign * size
    return round(wanted, 6) if math.isfinite(wanted) else None


def _offer(form: forms.Form, name: str, items: list[tuple[str, str]]) -> None:
    """Offer choices; what stands and is offered no longer stays one, so that it is not lost."""
    field: Any = form.fields[name]
    stands = form.initial.get(name, "")
    held = [(stands, f"{stands} (no longer offered)")] if stands else []
    known = {key for key, _ in items}
    field.choices = [("", "Not chosen yet"), *items, *(one for one in held if one[0] not in known)]


class ActionForm(ShownForm):
    """One action: what is done, for which objective, and what a reward or sanction turns on."""

    sections: ClassVar = {
        "title": "What is done",
        "turns_on": "For a reward, a sanction or a timetable only",
    }
    title = line("Action", required="Enter what is done")
    objective_id = choice("Objective it serves", ())
    kind = choice("Kind of action", KINDS.items(), blank="")
    text = words("What is done, in your words", "Name no pupil.")
    first_steps = words("First steps", "One a line")
    staff_hours = figure("Staff hours in the first year", least=0)
    cost = figure("Cost beyond those hours, in pounds", least=0)
    for_whom = line("For whom", "For example, pupils in their first weeks of rising absence")
    turns_on = choice("It turns on", TURNS_ON.items(), blank="Nothing of these")
    given_to = choice(
        "Given to", [("pupil", "Each pupil"), ("group", "A class or group")], blank=""
    )
    threshold_percent = figure("Attendance that is asked for, %", least=0)
    counts_codes = line("Attendance codes that count against a pupil", "For example, O, G")
    leaves_out = ticks("Absence that counts against nobody", LEAVES_OUT.items())
    includes_flagged = choice(
        "Pupils with an EHC plan, SEN support or a medical flag",
        [("no", "Are outside of it"), ("yes", "Are within its reach")], blank="",
    )  # fmt: skip
    purpose = choice("Purpose of a timetable", PURPOSES.items(), blank="None")
    ends_on = day("A timetable ends")
    review_on = day("A timetable is reviewed")
    is_agreed_with_parents = choice(
        "A timetable is agreed with parents", [("no", "No"), ("yes", "Yes")], blank=""
    )

    def __init__(self, *given: Any, plan: ActionPlan, **more: Any) -> None:
        super().__init__(*given, **more)
        items = [(each.objective_id, each.title) for each in plan.objectives]
        _offer(self, "objective_id", items)

    @classmethod
    def initial_of(cls, one: PlannedAction) -> dict[str, Any]:
        """Give what stands."""
        turns = one.conditions or Conditions()
        return {
            "title": one.title, "objective_id": one.objective_id, "kind": one.kind,
            "text": one.text, "first_steps": "\n".join(one.first_steps),
            "staff_hours": one.staff_hours, "cost": pounds(one.cost_pence),
            "for_whom": one.for_whom, "turns_on": turns.turns_on, "given_to": turns.given_to,
            "threshold_percent": turns.threshold_percent,
            "counts_codes": ", ".join(turns.counts_codes), "leaves_out": list(turns.leaves_out),
            "includes_flagged": _yes(turns.includes_flagged), "purpose": turns.purpose,
            "ends_on": turns.ends_on, "review_on": turns.review_on,
            "is_agreed_with_parents": _yes(turns.is_agreed_with_parents),
        }  # fmt: skip

    def action(self, action_id: str, library_id: str) -> PlannedAction:
        """Make the action of what was typed."""
        said = self.cleaned_data
        kind = said["kind"] or "support"
        return PlannedAction(
            action_id=action_id, objective_id=said["objective_id"], library_id=library_id,
            kind=kind, title=said["title"], text=said["text"],
            first_steps=lines_of(said["first_steps"]), staff_hours=said["staff_hours"],
            cost_pence=pence(said["cost"]), for_whom=said["for_whom"],
            conditions=_conditions(said) if kind in {"reward", "sanction", "timetable"} else None,
        )  # fmt: skip


def _conditions(said: Mapping[str, Any]) -> Conditions:
    codes = said["counts_codes"].replace(",", " ").split()
    return Conditions(
        turns_on=said["turns_on"], given_to=said["given_to"] or "pupil",
        threshold_percent=said["threshold_percent"], counts_codes=tuple(codes),
        leaves_out=tuple(said["leaves_out"]), includes_flagged=said["includes_flagged"] == "yes",
        purpose=said["purpose"], ends_on=said["ends_on"], review_on=said["review_on"],
        is_agreed_with_parents=said["is_agreed_with_parents"] == "yes",
    )  # fmt: skip


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"


class ConsultationForm(ShownForm):
    """How a group of people was asked, what they said, what it changed."""

    how = line("How they were asked", "For example, lunch talk with the SENCO")
    held_on = day("When")
    said = words("What they said", "Name nobody, and nothing that tells who said it.")
    changed = words("What it changed", "Where it changed nothing, why")

    @classmethod
    def initial_of(cls, one: Consultation) -> dict[str, Any]:
        """Give what stands."""
        return {
            "how": one.how, "held_on": one.held_on, "said": one.said, "changed": one.changed,
        }  # fmt: skip

    def consultation(self, consulted: str) -> Consultation:
        """Make the record of what was typed."""
        return Consultation(consulted=consulted, **self.cleaned_data)
