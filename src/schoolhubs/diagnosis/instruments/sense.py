"""Whether an instrument whose shape is right makes sense."""

import datetime
import functools
import importlib.resources
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schoolhubs.diagnosis.instruments.building import SHARED, build
from schoolhubs.diagnosis.instruments.national import national_items
from schoolhubs.diagnosis.instruments.reading_age import constant, reading_age, sentences
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.root_causes import root_causes, settings, topics
from schoolhubs.vocabulary.written.shape import ShapeFault
from schoolhubs.vocabulary.written.stored import read_facts

Written = Mapping[str, Any]
Places = Mapping[str, tuple[str, ...]]


def faults_of_sense(written: Written, shared: Written) -> Iterator[ShapeFault]:
    """Give every fault of sense; those of the whole only where the parts are in order."""
    found = [*_dates(written), *_words_known(written), *_repeated(written, shared)]
    yield from found
    if found:
        return
    instrument = build(written, shared)
    places = _places(written)
    for check in _CHECKS:
        yield from check(instrument, places)


def _places(written: Written) -> dict[str, tuple[str, ...]]:
    sections = written["sections"].items()
    return {
        name: ("sections", section, "items", name)
        for section, said in sections
        for name in said["items"]
    }


def _dates(written: Written) -> Iterator[ShapeFault]:
    places: dict[tuple[str, ...], Written] = {("source",): written["source"]}
    places |= {("help", str(n)): each["source"] for n, each in enumerate(written.get("help", ()))}
    for path, said in places.items():
        try:
            datetime.date.fromisoformat(said["read_on"])
        except ValueError:
            fault = f"{said['read_on']} is not in the calendar"
            yield _fault("not_a_date", path, fault, "Give the day on which it was read.")


def _words_known(written: Written) -> Iterator[ShapeFault]:
    known = {"topics": topics(), "settings": settings(), "phases": [str(each) for each in Phase]}
    for key, names in known.items():
        for name in (name for name in written[key] if name not in names):
            fault = f"{name!r} is none of our {key}"
            yield _fault("unknown_word", (key,), fault, f"Choose from {', '.join(names)}.")
    if written["status"] == "assumed" and "why" not in written:
        fault = "it is assumed, but not why"
        yield _fault("no_reason", ("status",), fault, "Add why: what is not known, and why this.")


def _repeated(written: Written, shared: Written) -> Iterator[ShapeFault]:
    seen: set[str] = set()
    for section, said in written["sections"].items():
        for name, own in said["items"].items():
            path = ("sections", section, "items", name)
            if name in seen:
                fault = f"an item {name} was given before"
                yield _fault("repeated_item", path, fault, "Give each item a name of its own.")
            if own == SHARED and name not in shared:
                fault = f"{name} is not among the shared items"
                remedy = "Write the item out here, or add it to the file that `shares` names."
                yield _fault("unknown_item", path, fault, remedy)
            seen.add(name)


def _root_causes(instrument: Instrument, places: Places) -> Iterator[ShapeFault]:
    """Every item feeds a root cause, of the instrument's topic and of each of its settings."""
    for item in instrument.items:
        cause = root_causes().get(item.root_cause)
        if cause is None:
            fault = f"there is no root cause {item.root_cause!r}"
            remedy = "vocabulary/root_causes/root_causes.yaml lists them."
            yield _fault("unknown_root_cause", (*places[item.name], "feeds"), fault, remedy)
        elif not set(instrument.topics) & set(cause.topics):
            fault = f"{item.root_cause} is not of the topic {', '.join(instrument.topics)}"
            remedy = "Choose another root cause, or put the item into another instrument."
            yield _fault("other_topic", (*places[item.name], "feeds"), fault, remedy)
        elif lacking := set(instrument.settings) - set(cause.settings):
            fault = f"{item.root_cause} is not of the setting {', '.join(sorted(lacking))}"
            remedy = "Choose a root cause of every setting that the instrument is for."
            yield _fault("other_setting", (*places[item.name], "feeds"), fault, remedy)


def _kinds(instrument: Instrument, places: Places) -> Iterator[ShapeFault]:
    """A self-assessment has levels and no scales, a survey scales and no levels."""
    is_survey = instrument.kind == "survey"
    if not is_survey and len(instrument.items) < limit("least_items"):
        fault = f"it has {len(instrument.items)} items, fewer than {limit('least_items'):.0f}"
        yield _fault("too_few_items", ("sections",), fault, "Add items.")
    if is_survey != bool(instrument.scales):
        fault = "a survey has scales" if is_survey else "a self-assessment has no scales"
        yield _fault("wrong_kind", ("kind",), fault, "Put scales right, or the kind.")
        return
    scales = {scale.name for scale in instrument.scales}
    for item in instrument.items:
        path = places[item.name]
        if is_survey and item.scale not in scales:
            fault = f"{item.scale or 'no scale'} is none of its scales"
            yield _fault("unknown_scale", path, fault, f"Choose from {', '.join(sorted(scales))}.")
        if not is_survey and not (item.levels and item.look_at):
            fault = "it does not say what is seen at each level, and where to look"
            yield _fault("no_levels", path, fault, "Add levels, lowest first, and look_at.")
        if len(set(item.levels)) < len(item.levels):
            yield _fault("same_levels", path, "two levels say the same", "Tell them apart.")


def _scales(instrument: Instrument, places: Places) -> Iterator[ShapeFault]:
    """A scale can be reached, few items are reversed, and national items are known ones."""
    for scale in instrument.scales:
        if len(instrument.of_scale(scale.name)) < scale.least_answered:
            n = len(instrument.of_scale(scale.name))
            fault = f"needs {scale.least_answered} answered items and has {n}"
            yield _fault("unreachable_scale", ("scales", scale.name), fault, "Add items.")
    turned = [item for item in instrument.items if item.is_reversed]
    if len(turned) > limit("most_reversed"):
        fault = f"{len(turned)} items are reverse-worded, more than {limit('most_reversed'):.0f}"
        yield _fault("many_reversed", places[turned[-1].name], fault, "Word it the other way.")
    for item in instrument.items:
        if item.national and item.national not in national_items():
            fault = f"{item.national!r} is no national item"
            remedy = f"Choose from {', '.join(national_items())}, or leave it out."
            yield _fault("unknown_national", places[item.name], fault, remedy)
        elif item.national and not national_items()[item.national].counted_points:
            fault = f"{item.national} is answered in other ways, so ours asks something else"
            yield _fault("not_the_same", places[item.name], fault, "Leave national out.")


def _pupils(instrument: Instrument, _: Places) -> Iterator[ShapeFault]:
    """What pupils read is easy, says what is done with it, and names somebody to turn to."""
    if not instrument.is_for_pupils:
        return
    for lacking, key in (
        (instrument.year_groups, "year_groups"),
        (instrument.notice.privacy, "notice"),
        (instrument.notice.parents, "notice"),
        (instrument.help_contacts, "help"),
    ):
        if not lacking:
            fault = f"pupils answer it, and it has no {key}"
            yield _fault("pupils_not_told", (key,), fault, "Add privacy, parents and help.")
    is_easy = instrument.is_easy_read
    oldest = constant("oldest_easy_read" if is_easy else "oldest_reading_age")
    longest = constant("most_words_easy_read" if is_easy else "most_words_in_a_sentence")
    age = reading_age(instrument.said())
    if age > oldest:
        fault = f"its words ask for a reading age of {age:.1f}, above {oldest:.0f}"
        yield _fault("hard_to_read", ("sections",), fault, "Use shorter words and sentences.")
    for text in instrument.said():
        for words in sentences(text):
            if len(words) > longest:
                fault = f"a sentence has {len(words)} words, more than {longest:.0f}: {text!r}"
                yield _fault("long_sentence", ("sections",), fault, "Make two sentences of it.")


_CHECKS: tuple[Callable[[Instrument, Places], Iterator[ShapeFault]], ...] = (
    _root_causes,
    _kinds,
    _scales,
    _pupils,
)


def limit(name: str) -> float:
    """Give a value of ``limits.yaml``."""
    return float(_limits()[name]["value"])


@functools.cache
def _limits() -> Mapping[str, Mapping[str, float]]:
    file = importlib.resources.files(__package__).joinpath("limits.yaml")
    read: Mapping[str, Mapping[str, float]] = read_facts(file.read_text("utf-8"))
    return read


def _fault(code: str, path: tuple[str, ...], fault: str, remedy: str) -> ShapeFault:
    return ShapeFault(code=code, path=path, fault=fault, remedy=remedy)
