"""Identifiers as they stand in addresses; importing this lets an address hold ``<urn:urn>``."""

from django.urls import register_converter


class UrnConverter:
    """A URN: six digits."""

    regex = r"\d{6}"

    def to_python(self, value: str) -> str:
        """Keep the text: a URN is a name, not a number."""
        return value

    def to_url(self, value: str) -> str:
        """Write it as it is."""
        return value


register_converter(UrnConverter, "urn")
