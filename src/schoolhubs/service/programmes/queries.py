"""The programmes that have a page: those the service runs, then the others it knows of."""

from django.conf import settings

from schoolhubs import programmes


def run_here() -> list[programmes.Programme]:
    """Give the programmes the service runs, in the order its settings name them."""
    return [programmes.load(named) for named in settings.ENVIRONMENT.programme_ids]


def others() -> list[programmes.Programme]:
    """Give the programmes that come with the project and are not run here."""
    ours = {each.programme_id for each in run_here()}
    return [programmes.load(each) for each in programmes.list_ids() if each not in ours]


def programme(programme_id: str) -> programmes.Programme | None:
    """Give one programme by its id; None where there is none of that id."""
    found = (each for each in [*run_here(), *others()] if each.programme_id == programme_id)
    return next(found, None)
