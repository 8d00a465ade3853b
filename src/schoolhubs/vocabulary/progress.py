"""How long work tells that it goes on, without knowing who watches."""

from typing import Protocol


class Progress(Protocol):
    """Takes news of long work; the command line draws it as a bar on a terminal."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Hear that ``done`` of ``total`` steps of ``stage`` are finished."""


def quiet(stage: str, done: int, total: int) -> None:
    """Hear and say nothing; the default everywhere."""
