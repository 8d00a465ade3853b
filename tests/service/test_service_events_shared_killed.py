"""kill -9 while a term's places are shared out: another worker follows, and one answer is kept."""

from django.db import connection

from eventful import WHO, hub_of, open_day, urn_of
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.events.models import SharedOut
from schoolhubs.service.events.sharing_out import actions, working
from schoolhubs.service.jobs.models import State
from schoolhubs.service.partnerships.models import Partnership
from working import cut_off, let_finish

# With the answer in hand, and with it written down and not there for others yet.
POINTS = ("worked-out", "before-commit")


def test_a_term_shared_out_is_kept_once_wherever_its_worker_is_killed(own_database: None) -> None:
    day = open_day(hub_of(), 1)
    for number in (1, 2):
        one = Partnership.objects.get(partner_urn=urn_of(number))
        actions.rank([one], day, [day.pk], n_people=1, **WHO)
    work = working.ask(day.hub, "open_day", day.term_starts_on, **WHO)
    kept = []
    for point in POINTS:
        cut_off("event_shares", point)
        connection.close()
        kept.append(SharedOut.objects.count())
    assert kept == [0, 0], "written whole, or not at all"
    let_finish(work)
    work.refresh_from_db()
    assert work.state == State.DONE
    assert len(SharedOut.objects.get().record["given"]) == 1
    assert AuditEntry.objects.filter(action="event.share-out").count() == 1
