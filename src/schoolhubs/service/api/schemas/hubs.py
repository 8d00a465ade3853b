"""Hubs, as the API tells them."""

import datetime

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told


class Load(Told):
    """Places of a hub on one pathway."""

    pathway: str
    n_places: int = Field(description="Partners it can take.")
    n_running: int = Field(
        description="Places taken before the round: by partnerships, or kept back for them."
    )
    n_matched: int = Field(description="Partners the published round gave it.")


class HubOf(Told):
    """One hub of the published round."""

    programme_id: str
    lead_urn: str
    name: str
    phase: str
    region: str
    offers: list[str] = Field(description="Pathways it offers.")
    round_id: int
    on: datetime.date = Field(description="The day the round was run for.")
    loads: list[Load] = Field(
        description="By right: empty without a key of the hub, its trust or the office."
    )
