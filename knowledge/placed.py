"""A lead with where it stands in its plan: what lists, pictures and comparisons are made of."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.plan_place import Place

QUALIFIED = "qualified"
"""In place of a bucket, for leads that sales has or is to have."""
CUSTOMER = "customer"
"""In place of a bucket, for leads that have bought."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One lead with where it stands; `name` is what to call it."""

    lead_id: str
    name: str
    company: str
    place: Place

    @property
    def bucket(self) -> str:
        """The bucket's id, or that it is a customer or qualified."""
        if self.place.bucket:
            return self.place.bucket.bucket
        return CUSTOMER if self.place.customer else QUALIFIED

    @property
    def track(self) -> str:
        """The track's id, empty without one."""
        return self.place.track.id if self.place.track else ""
