"""What the training record shows: of each term, whether all that was due by its end is done."""

import datetime
from collections.abc import Iterable, Iterator

from schoolhubs import delivery
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.queries import Trained, trained
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen, Shown


def taught(
    partnerships: Iterable[Partnership], *, on: datetime.date
) -> dict[int, tuple[Shown, ...]]:
    """Give a sign for each term of whose training nothing is owed any more, by partnership."""
    return {number: tuple(_terms(each)) for number, each in trained(partnerships, on=on).items()}


def _terms(found: Trained) -> Iterator[Shown]:
    one = found.partnership
    for term in delivery.milestones.terms.terms_of(one.starts_on, one.finishes_on):
        required = [each for each in found.owed if each.module.is_required]
        ours = [each for each in required if each.due_on <= term.last_on]
        done = [each.done_on for each in ours if each.done_on is not None]
        if len(done) == len(ours):
            on = min(max([*done, term.first_on]), term.last_on)
            yield Shown(kind=DoneWhen.TRAINING, on=on, evidence=f"training:{one.pk}")
