"""The kinds of work of a round: run it, publish it, and pack it for taking away."""

import contextlib
import datetime
import io
import zipfile
from collections.abc import Iterator

import polars as pl
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from schoolhubs import __version__, programmes, runs
from schoolhubs.service import clock
from schoolhubs.service.audit.queries import entries_about
from schoolhubs.service.cohorts.queries import rules_to_match
from schoolhubs.service.jobs import faults
from schoolhubs.service.jobs.kinds import Effect, Kind, Result, register
from schoolhubs.service.jobs.models import Product, Work
from schoolhubs.service.matching.actions import Tried, keep_round, work_out
from schoolhubs.service.matching.inputs import CHANGED, check_unchanged, inputs_of
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.page.naming import teller
from schoolhubs.service.matching.publishing import check_still, is_published, publish, published_of
from schoolhubs.service.partnerships.doing.pairs import first_day
from schoolhubs.service.schools.archives import register_of
from schoolhubs.service.schools.models import CurrentRegister, RegisterSnapshot
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, UsageError
from schoolhubs.vocabulary.progress import Progress
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.tables import csv_line


def work_out_round(work: Work, progress: Progress) -> Effect:
    """Run a round on a numbered register; kept only if everything it read still stands.

    The order names ``programme_id`` and ``snapshot``. It may name ``cohort_id``, or the day
    ``on``; ``seed`` and ``top_up_to``; ``base``, the round it is tried beside, with a ``title``;
    ``changes`` of the rules, as programmes.RuleChanges writes them; and ``fixed``, the pins and
    bans set by hand, as rows of frames.OVERRIDES.
    """
    order = work.order
    programme_id = order["programme_id"]
    if programme_id not in settings.ENVIRONMENT.programme_ids:
        raise UsageError(f"The service does not run the programme {programme_id}.")
    snapshot = RegisterSnapshot.objects.get(pk=order["snapshot"])
    rules = rules_of(work, snapshot)
    if changes := order.get("changes"):
        rules = programmes.RuleChanges.from_dict(changes).put_in(rules)
    progress("reading the register", 0, 1)
    held = register_of(snapshot)
    given = inputs_of(programme_id, rules.cohort_id)
    asked_on = timezone.localdate(work.asked_at)
    starts_on = first_day(programme_id, rules.cohort_id, rules.on, on=asked_on)
    before = given.digests()
    asked = runs.Order(
        rules=rules,
        register=held,
        leads=given.leads,
        applications=given.applications,
        partnerships=given.partnerships,
        rulings=given.rulings,
        overrides=pl.concat([given.bars, fixed_frame(order.get("fixed", []))]),
        top_up_to=order.get("top_up_to"),
        starts_on=starts_on if starts_on > rules.on else None,
        seed=order.get("seed", 0),
        sources=held.sources,
        command=f"job {work.pk} of the service, register {snapshot.pk}",
        versions={"schoolhubs": __version__},
    )
    with named(snapshot):
        worked_out = work_out(asked, progress=progress)
    tried = Tried(
        base_id=order.get("base"),
        title=order.get("title", ""),
        fixed=order.get("fixed", []),
        changes=order.get("changes", {}),
    )

    def effect() -> Result:
        pointer = CurrentRegister.objects.select_for_update().first()
        if pointer is None or pointer.snapshot_id != snapshot.pk:
            raise Conflict(CHANGED.format("The school register"))
        check_unchanged(before, inputs_of(programme_id, rules.cohort_id).digests())
        kept = keep_round(
            worked_out, snapshot, tried=tried, by=work.asked_by, organisation=work.organisation,
            at=clock.now(), place=work.place,
        )  # fmt: skip
        faults.at("round.kept")
        return Result(path=reverse("round", kwargs={"round_id": kept.pk}), facts={"round": kept.pk})

    return effect


def rules_of(work: Work, snapshot: RegisterSnapshot) -> RulesAsAt:
    """Give the rules an order asks for: as at its day, its cohort's, or the next cohort's."""
    order = work.order
    if day := order.get("on"):
        return programmes.load(order["programme_id"]).as_at(datetime.date.fromisoformat(day))
    return rules_to_match(
        order["programme_id"], register_on=snapshot.on, on=timezone.localdate(work.asked_at),
        cohort_id=order.get("cohort_id", ""),
    )  # fmt: skip


def fixed_frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    """Give the pins and bans of an order as frames.OVERRIDES."""
    return pl.DataFrame(rows, schema=frames.OVERRIDES.schema)


@contextlib.contextmanager
def named(snapshot: RegisterSnapshot) -> Iterator[None]:
    """Give the schools that a refusal speaks of their names, beside their numbers."""
    try:
        yield
    except DataProblem as error:
        said = [words for each in error.problems for words in (each.fault, each.remedy)]
        told = teller(said, snapshot.pk)
        problems = [
            Problem(code=each.code, fault=told(each.fault), remedy=told(each.remedy))
            for each in error.problems
        ]
        raise DataProblem(problems) from error


def work_out_publication(work: Work, progress: Progress) -> Effect:
    """Publish a round; the order names ``round``, ``reason`` and ``replaces``.

    Asked for twice, it is published once: the second finds it done.
    """
    order = work.order
    round_ = Round.objects.defer("pack", "record").get(pk=order["round"])
    progress("publishing", 0, 1)
    if not is_published(round_):
        check_still(round_, published_of(round_), order["replaces"])
    faults.at("publish.checked")

    def effect() -> Result:
        if not is_published(round_):
            try:
                with transaction.atomic():
                    publish(
                        round_, by=work.asked_by, organisation=work.organisation,
                        at=clock.now(), reason=order["reason"], place=work.place,
                        replaces=order["replaces"],
                    )  # fmt: skip
            except Conflict:  # the same, asked for twice, may have come first meanwhile
                if not is_published(round_):
                    raise
        path = reverse("round", kwargs={"round_id": round_.pk})
        return Result(path=path, facts={"round": round_.pk})

    return effect


def work_out_export(work: Work, progress: Progress) -> Effect:
    """Pack a round for taking away: its tables, report and record, and who did what with it."""
    round_ = Round.objects.get(pk=work.order["round"])
    progress("packing", 0, 1)
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bytes(round_.pack))) as pack,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in pack.namelist():
            out.writestr(name, pack.read(name))
        out.writestr("history.csv", _history(round_))
    name = f"round-{round_.pk}-{round_.programme_id}.zip"
    product = Product(name=name, content_type="application/zip", content=held.getvalue())

    def effect() -> Result:
        return Result(path=reverse("job", kwargs={"work_id": work.pk}), product=product)

    return effect


def _history(round_: Round) -> str:
    rows = [("number", "at", "by", "action", "reason")]
    rows += [
        (str(each.number), each.at.isoformat(), each.by, each.action, each.reason)
        for each in entries_about(f"round:{round_.pk}")
    ]
    return "".join(csv_line(row) for row in rows)


def mend_round(work: Work) -> str:
    """Give the page on which a what-if that could not be worked out is changed; blank for none."""
    if not (base := work.order.get("base")):
        return ""
    return f"{reverse('round-what-if', kwargs={'round_id': base})}?work={work.pk}"


register(Kind(name="round", title="Running a round", work_out=work_out_round, mend=mend_round))
register(Kind(name="publish", title="Publishing a round", work_out=work_out_publication))
register(Kind(name="export", title="Packing a round", work_out=work_out_export))
