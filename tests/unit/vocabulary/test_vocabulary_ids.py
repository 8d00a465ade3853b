"""Identifiers refuse what they cannot be, in words that the reader uses."""

import pytest

from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.ids import Identifier, LaEstab, TrustId, Ukprn, Urn


@pytest.mark.parametrize(
    ("identifier", "value", "says"),
    [
        (Urn, "12", "'12' is not a URN. A URN is six digits"),
        (LaEstab, "391", "'391' is not a LAESTAB. A LAESTAB is seven digits"),
        (Ukprn, "20034567", "'20034567' is not a UKPRN. A UKPRN is eight digits"),
        (TrustId, "TR1", "'TR1' is not a trust number. A trust number is one to six digits"),
    ],
)
def test_a_refused_identifier_is_called_as_its_publisher_calls_it(
    identifier: type[Identifier], value: str, says: str
) -> None:
    with pytest.raises(DataProblem) as caught:
        identifier(value)

    assert says in str(caught.value).replace("\n", " ")
    assert not identifier.is_shaped(value)
