"""Shares of a count, with how sure they are: the Wilson interval, and none where too few count."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

DEVIATIONS = NormalDist().inv_cdf(0.975)
"""Standard deviations of an interval at 95 %, which most published reports use."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `of` is the denominator."""

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of} is no share.")

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval: right for few and for shares near 0 or 1, too.

        E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
        Journal of the American Statistical Association 22 (1927). Four lines, where scipy's
        takes seconds to load and finds a p-value beside each.
        """
        if not self.of:
            return None
        share, spread = self.count / self.of, DEVIATIONS**2 / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)

    def enough(self, least: int) -> bool:
        """Whether the denominator is large enough to show a share, and to compare it."""
        return self.of >= max(1, least)
