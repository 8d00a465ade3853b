"""``schoolhubs diagnosis``: from what is known of a school to draft findings."""

from pathlib import Path

import click

from schoolhubs import diagnosis as looking
from schoolhubs.cli import speak
from schoolhubs.vocabulary.records.diagnosis import Diagnosis


@click.group()
def diagnosis() -> None:
    """Findings of a school, each with its evidence."""


@diagnosis.command()
@click.option(
    "--inputs", "folder", required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of what is known: marks, behaviour, surveys, self-assessment, observations.",
)  # fmt: skip
@speak.as_json_option
def draft(folder: Path, as_json: bool) -> None:
    """Draft findings: the same inputs give the same draft; people rank and confirm it.

    Every root cause that anything speaks of is told with all its evidence, what figures show
    before what people say, and what cannot be told last. What lies outside the school is a
    barrier. docs/how-to/draft-a-diagnosis.md tells the files of the folder.

    Example: schoolhubs diagnosis draft --inputs inputs
    """
    found = looking.diagnose(looking.finding.read_inputs(folder))
    if as_json:
        speak.show_json({**found.as_dict(), "digest": found.digest})
        return
    click.echo(_told(found))


def _told(found: Diagnosis) -> str:
    lines = [f"School {found.urn}, draft by rules {found.rules_version}"]
    sure = looking.finding.stored()["how_sure"]
    for each in found.findings:
        lines.append(f"\n{each.rank}. {each.title} ({sure[each.how_sure]['title'].lower()})")
        signs = {"for": "+", "against": "-", "cannot_tell": "?"}
        lines += [f"   {signs[one.says]} {one.text} [{one.source}]" for one in each.evidence]
        lines += [f"   People differ: {one}" for one in each.differ]
    if found.barriers:
        lines.append("\nOutside the school, no objective of its plan:")
        lines += [f"   {each.title}: {each.extent or 'extent not recorded'}. Answers for it: "
                  f"{each.body}." for each in found.barriers]  # fmt: skip
    if found.missing:
        lines += ["\nNot there:", *(f"   {each.text}" for each in found.missing)]
    return "\n".join(lines)
