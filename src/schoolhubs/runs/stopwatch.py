"""Times the stages of a run by a clock it is handed, and tells who watches."""

import contextlib
from collections.abc import Callable, Iterator

from schoolhubs.vocabulary.progress import Progress


class Stopwatch:
    """Seconds by stage, in the order the stages ran.

    Examples
    --------
    >>> from schoolhubs.vocabulary.progress import quiet
    >>> ticks = iter([10.0, 12.5])
    >>> watch = Stopwatch(lambda: next(ticks), quiet)
    >>> with watch.stage("matching"):
    ...     pass
    >>> watch.seconds
    {'matching': 2.5}
    """

    def __init__(self, clock: Callable[[], float], progress: Progress) -> None:
        self._clock = clock
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        self._progress(name, 0, 1)
        started = self._clock()
        yield
        self.seconds[name] = self._clock() - started
        self._progress(name, 1, 1)
