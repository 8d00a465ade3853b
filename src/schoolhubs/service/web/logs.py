"""Log lines as JSON, one a line, holding no personal data: only what is named here is written."""

import contextvars
import datetime
import json
import logging

from django.utils import timezone

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
KEPT = ("method", "route", "status", "milliseconds", "job", "job_id", "n_rows", "event")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object.

    An exception is told by its type and place, never by its message, which may quote what somebody
    typed. A record that ``is_untimed`` has the Monday of its week for a time, and no request id.

    >>> import logging
    >>> record = logging.makeLogRecord({"msg": "done", "levelname": "INFO", "n_rows": 3})
    >>> JsonLines().format(record).endswith('"message": "done", "request_id": "", "n_rows": 3}')
    True
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        is_untimed = getattr(record, "is_untimed", False)
        line: dict[str, object] = {
            "at": _week_of(at) if is_untimed else at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": "" if is_untimed else request_id.get(),
        }
        line |= {name: getattr(record, name) for name in KEPT if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _week_of(at: datetime.datetime) -> str:
    """Give the Monday of a week: what must not be timed is told no finer.

    >>> _week_of(datetime.datetime(2026, 11, 12, 10, 31, tzinfo=datetime.UTC))
    '2026-11-09'
    """
    day = timezone.localdate(at)
    return (day - datetime.timedelta(days=day.weekday())).isoformat()


def places(trace: object) -> list[str]:
    """Name the last places of a trace: file, line and function, and nothing that was in them."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code  # type: ignore[attr-defined]
        found.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return found[-8:]
