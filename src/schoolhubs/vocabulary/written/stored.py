"""The package's own facts: YAML beside the modules that ask for them."""

from typing import Any

import yaml

# libyaml's parser, where the wheel has it: thirteen times as fast, with the same result.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_facts(text: str) -> Any:
    """Read facts that come with the package; what a user gives is read with its lines, elsewhere.

    Parameters
    ----------
    text
        YAML, as it stands in the file.

    Returns
    -------
    Any
        Mappings, lists, words, numbers and days; None for an empty text.

    Raises
    ------
    yaml.YAMLError
        If it is no YAML: a fault of the package.

    Examples
    --------
    >>> read_facts("half_days: {value: 2, unit: half-days}")
    {'half_days': {'value': 2, 'unit': 'half-days'}}
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - as safe as SafeLoader
