"""What several answers share: pages of a list, and the register they were read from."""

import datetime
from typing import Annotated, Generic, TypeVar

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from schoolhubs.service.api.manners.limits import limit

Item = TypeVar("Item")
URN = r"^[0-9]{6}$"

Cursor = Annotated[
    str,
    Query(
        max_length=400,
        description="Where to go on: `next_cursor` of the page before, with the same filters.",
    ),
]
Limit = Annotated[
    int,
    Query(
        ge=1,
        le=limit("most_page_items"),
        description="Most rows on a page.",
    ),
]
PAGE = limit("page_items")


class Told(Schema):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Given(Schema):
    """What a program sends; anything not asked for is refused."""

    model_config = ConfigDict(extra="forbid")


class Paged(Told, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(description="The rows of this page.")
    next_cursor: str = Field(description="For `cursor`, to read on; blank on the last page.")


class ReadFrom(Told):
    """The school register that was read."""

    on: datetime.date = Field(description="The day the register stands for.")
    is_synthetic: bool = Field(description="True where no such school exists.")
