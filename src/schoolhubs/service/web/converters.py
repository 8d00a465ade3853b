"""Identifiers as they stand in addresses, such as ``<urn:urn>``, once this is imported."""

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


class TrustConverter(UrnConverter):
    """A trust: its group identifier, or its name where files give no identifier.

    PostgreSQL takes no NUL: such an address is not there.
    """

    regex = r"[^\x00]+"


register_converter(UrnConverter, "urn")
register_converter(TrustConverter, "trust")
