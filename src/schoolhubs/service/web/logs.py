"""Log lines as JSON, one a line, holding no personal data: only what is named here is written."""

import contextvars
import datetime
import json
import logging

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
KEPT = ("method", "route", "status", "milliseconds", "job", "job_id", "n_rows", "event")


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object.

    An exception is told by its type and place, never by its message, which may quote what somebody
    typed.

    >>> import logging
    >>> record = logging.makeLogRecord({"msg": "done", "levelname": "INFO", "n_rows": 3})
    >>> JsonLines().format(record).endswith('"message": "done", "request_id": "", "n_rows": 3}')
    True
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in KEPT if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(trace: object) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code  # type: ignore[attr-defined]
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")  # type: ignore[attr-defined]
        trace = trace.tb_next  # type: ignore[attr-defined]
    return places[-8:]
