"""An instrument in another language: the same items, other words, or refused with the reason."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Notice
from schoolhubs.vocabulary.written.shape import ShapeFault

Path_ = tuple[str, ...]


def words_of(instrument: Instrument) -> dict[str, str]:
    """Give every text that a translation needs, by its key.

    Parameters
    ----------
    instrument
        In English.

    Returns
    -------
    dict
        English text by key, such as ``item.feel_safe`` and ``point.1``; blank texts left out.
    """
    found = {name: getattr(instrument, name) for name in _WHOLE}
    found |= {f"point.{each.value}": each.words for each in instrument.points}
    for section in instrument.sections:
        found |= {f"section.{section.name}.title": section.title}
        found |= {f"section.{section.name}.about": section.about}
    for scale in instrument.scales:
        found |= {
            f"scale.{scale.name}.title": scale.title,
            f"scale.{scale.name}.about": scale.about,
        }
    for item in instrument.items:
        found |= {f"item.{item.name}": item.words, f"item.{item.name}.look_at": item.look_at}
        found |= {f"item.{item.name}.level.{n}": text for n, text in enumerate(item.levels, 1)}
    found |= {f"privacy.{n}": text for n, text in enumerate(instrument.notice.privacy, 1)}
    found |= {f"parents.{n}": text for n, text in enumerate(instrument.notice.parents, 1)}
    for n, contact in enumerate(instrument.help_contacts, 1):
        found |= {f"help.{n}.how": contact.how, f"help.{n}.when": contact.when}
    return {key: text for key, text in found.items() if text}


_WHOLE = ("title", "about", "dont_know", "skip_words")


def faults_of_translation(
    instrument: Instrument, written: Mapping[str, Any]
) -> Iterator[ShapeFault]:
    """Say why a translation cannot be used: another instrument or version, or words that lack."""
    if written["translates"] != instrument.instrument_id:
        fault = f"it translates {written['translates']}, and this is {instrument.instrument_id}"
        yield _fault("wrong_original", ("translates",), fault, "Put it beside its own instrument.")
        return
    if written["language"] == instrument.language:
        fault = f"{instrument.language} is the language that the instrument is written in"
        yield _fault("same_language", ("language",), fault, "Give the language of these words.")
    if written["of_version"] != instrument.version:
        fault = f"it translates version {written['of_version']}, and this is {instrument.version}"
        remedy = "Go through what changed and translate that; then give the version."
        yield _fault("older_version", ("of_version",), fault, remedy)
    elif written["of_fingerprint"] != instrument.fingerprint:
        fault = f"the instrument's items changed since: its fingerprint is {instrument.fingerprint}"
        remedy = "Go through the items, mend the words that changed, then give the fingerprint."
        yield _fault("changed_since", ("of_fingerprint",), fault, remedy)
    asked, given = words_of(instrument), written["words"]
    for key in (key for key in asked if not given.get(key, "").strip()):
        fault = f"there are no words for {key}: {asked[key]!r}"
        yield _fault("lacks_words", ("words",), fault, "Translate it.")
    for key in sorted(given.keys() - asked.keys()):
        fault = f"{key} is nothing that the instrument says"
        yield _fault("unknown_words", ("words", key), fault, "Leave it out.")


def in_language(instrument: Instrument, written: Mapping[str, Any]) -> Instrument:
    """Give the instrument in the words of a translation that has no faults.

    The version and fingerprint stay: an answer means the same in every language.
    """
    words: Mapping[str, str] = written["words"]

    def say(key: str, english: str) -> str:
        return words[key] if english else ""

    return dataclasses.replace(
        instrument,
        language=written["language"],
        licence=written["licence"],
        title=say("title", instrument.title),
        about=say("about", instrument.about),
        dont_know=say("dont_know", instrument.dont_know),
        skip_words=say("skip_words", instrument.skip_words),
        points=tuple(
            dataclasses.replace(each, words=say(f"point.{each.value}", each.words))
            for each in instrument.points
        ),
        sections=tuple(_titled("section", each, say) for each in instrument.sections),
        scales=tuple(_titled("scale", each, say) for each in instrument.scales),
        items=tuple(_item(each, say) for each in instrument.items),
        notice=Notice(
            privacy=_numbered("privacy", instrument.notice.privacy, say),
            parents=_numbered("parents", instrument.notice.parents, say),
        ),
        help_contacts=tuple(
            dataclasses.replace(
                each, how=say(f"help.{n}.how", each.how), when=say(f"help.{n}.when", each.when)
            )
            for n, each in enumerate(instrument.help_contacts, 1)
        ),
    )


def _titled(kind: str, one: Any, say: Any) -> Any:
    key = f"{kind}.{one.name}"
    title, about = say(f"{key}.title", one.title), say(f"{key}.about", one.about)
    return dataclasses.replace(one, title=title, about=about)


def _item(one: Any, say: Any) -> Any:
    key = f"item.{one.name}"
    return dataclasses.replace(
        one,
        words=say(key, one.words),
        look_at=say(f"{key}.look_at", one.look_at),
        levels=_numbered(f"{key}.level", one.levels, say),
    )


def _numbered(key: str, texts: tuple[str, ...], say: Any) -> tuple[str, ...]:
    return tuple(say(f"{key}.{n}", text) for n, text in enumerate(texts, 1))


def _fault(code: str, path: Path_, fault: str, remedy: str) -> ShapeFault:
    return ShapeFault(code=code, path=path, fault=fault, remedy=remedy)
