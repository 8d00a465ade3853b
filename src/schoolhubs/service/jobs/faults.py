"""Points at which a test may cut the power; off unless the environment names one of them."""

import os
import signal

from django.conf import settings


def at(point: str) -> None:
    """End this process at once, as a power cut does, where the environment names this point."""
    if settings.ENVIRONMENT.fault_at == point:
        os.kill(os.getpid(), signal.SIGKILL)
