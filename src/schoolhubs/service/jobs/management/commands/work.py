"""``manage work``: do the work of the queue, until told to stop."""

import asyncio
import contextlib
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from schoolhubs.service.jobs import resuming


class Command(BaseCommand):
    """One worker; start as many as there are cores to spare."""

    help = "Do the work of the queue, until told to stop."

    def handle(self, *_: Any, **__: Any) -> None:
        """Work, and every few seconds take up what other workers left behind."""
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            asyncio.run(_work())


async def _work() -> None:
    silent = settings.ENVIRONMENT.silent_seconds
    async with app.open_async():
        resuming_now = asyncio.create_task(_resume(silent / 3))
        try:
            await app.run_worker_async(
                concurrency=1,
                delete_jobs="successful",
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=silent / 3,
                stalled_worker_timeout=silent,
                shutdown_graceful_timeout=silent,
            )
        finally:
            resuming_now.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await resuming_now


async def _resume(every_seconds: float) -> None:
    while True:
        await resuming.put_back()
        await sync_to_async(resuming.queue_lost)()
        await asyncio.sleep(every_seconds)
