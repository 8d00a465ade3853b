"""The ``schoolhubs`` command: finds the noun's module only when that noun is called."""

import importlib
import sys
from collections.abc import Sequence

import click

from schoolhubs import __version__
from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import Problem, SchoolhubsError

CHECK_PATH = "Check the path, the rights and the disk."

NOUNS = {
    "programme": "programme definitions: list, show, check, compare",
    "data": "published files: inspect them, build the school register",
    "synthetic": "a synthetic England in the official file formats",
    "schools": "look up one school and its history",
    "travel": "minutes between schools",
    "attendance": "official absence measures from attendance marks",
    "survey": "surveys of staff and pupils: scores, with small groups hidden",
    "eligibility": "who may join, rule by rule, with reasons",
    "round": "one intake round: run it, explain it",
    "diagnosis": "findings of a school, each with its evidence",
    "plan": "action plans: check one, the equality gate included",
    "delivery": "support days: dates that suit both schools, or why there are none",
    "funding": "awards and payments: what is due and why, whether the books balance",
    "targets": "attendance targets: fit, expect, explain, model card",
    "instrument": "surveys and self-assessments: list them, check one",
    "serve": "open the web service on this machine",
    "demo": "open a demonstration on a synthetic England",
    "audit": "check the service's audit log",
}
# Nouns that share a module or stand a folder further in; every other has a module of its own name.
MODULES = {
    "serve": "service", "demo": "service", "audit": "service", "diagnosis": "diagnosis.drafting",
    **{noun: f"diagnosis.{noun}" for noun in ("survey", "instrument", "plan")},
}  # fmt: skip


class Nouns(click.Group):
    """A group whose members are modules of this package, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the nouns in the order a round uses them."""
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of that noun; its command has the module's name."""
        if cmd_name not in NOUNS:
            return None
        module = importlib.import_module(f"schoolhubs.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the nouns without importing their modules."""
        with formatter.section("Commands"):
            formatter.write_dl(list(NOUNS.items()))


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="schoolhubs")
def schoolhubs() -> None:
    """Run a school hub programme from published data to evidence.

    Data goes to standard output, talk and progress bars to standard error. Exit codes: 0 done,
    1 a fault of ours, 2 wrong usage, 3 problems in the data, 4 conflict, 5 not permitted,
    130 stopped by Ctrl-C, with nothing left half written.

    After `make setup` the command is .venv/bin/schoolhubs. The examples use the folders of
    docs/tutorials/first-round.md.

    Example: schoolhubs programme show rise-hubs-2025
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        code = schoolhubs.main(args=arguments, prog_name="schoolhubs", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        speak.say("Stopped. Nothing was left half written.")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
        problems = [Problem(code="wrong_usage", fault=error.format_message())]
    except SchoolhubsError as error:
        speak.say(str(error))
        code, problems = error.exit_code, list(speak.problems_of(error))
    except OSError as error:
        where, said = str(error.filename or "a file"), str(error.strerror or error)
        speak.say(f"{where}: {said}. {CHECK_PATH}")
        code = 2
        problems = [Problem(code="file_or_disk", file=where, fault=said, remedy=CHECK_PATH)]
    else:
        sys.exit(code if isinstance(code, int) else 0)
    if as_json:
        speak.show_json({"problems": [problem.as_dict() for problem in problems]})
    sys.exit(code)
