"""The time the service goes by: what is due, open or over is asked of this clock alone.

Waiting, retrying and measuring go by the machine's own clock instead.
"""

import datetime

from django.utils import timezone


def now() -> datetime.datetime:
    """Give the moment it is, with its time zone."""
    return timezone.now()


def day() -> datetime.date:
    """Give the day it is in England."""
    return timezone.localdate(now())
