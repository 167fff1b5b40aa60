"""The columns of a run's outcomes: the way to them, which are kept, and how many figures an operation may ask for."""

from dataclasses import dataclass
from uuid import UUID

from graphql import GraphQLError

from server.graphql.context import Context
from server.graphql.figures import refuse
from server.store.outcomes import ColumnKey
from simulation.outcome.report.result import Float64, Result

KEPT_QUANTILES = {0.05: "p05", 0.95: "p95"}
MOST_FIGURES = 2_000_000
"""Of the columns of one operation."""
CALENDARS: dict[tuple[UUID, str], Float64] = {}
MOST_CALENDARS = 100


@dataclass(frozen=True)
class Source:
    """A run's result without its columns, and the way to them."""

    run: UUID
    result: Result
    context: Context

    async def column(self, kind: str, entity: str, resolution: str, measure: str, statistic: str) -> Float64 | None:
        return await self.context.columns.load(ColumnKey(self.run, kind, entity, resolution, measure, statistic))

    async def calendar(self, resolution: str) -> Float64 | None:
        """When its periods start, which never changes; whoever has a source has been let to the run already."""
        key = (self.run, resolution)
        known = CALENDARS.get(key)
        if known is None:
            known = await self.column("calendar", "", resolution, "start", "start")
            if known is not None:
                CALENDARS[key] = known
        if len(CALENDARS) > MOST_CALENDARS:
            del CALENDARS[next(iter(CALENDARS))]
        return known

    def spend(self, figures: int) -> None:
        spend(self.context, figures)


def spend(context: Context, figures: int) -> None:
    """Raises where an operation asks for too many figures of columns."""
    context.figures += figures
    if context.figures > MOST_FIGURES:
        raise GraphQLError(
            f"The operation asks for more than {MOST_FIGURES} figures of series; ask for fewer measures, a window"
            " with `from` and `to`, or a coarser resolution.",
            extensions={"code": "OVER_LIMIT"},
        )


def kept_quantile(probability: float, told: str, instead: str = "") -> str:
    """The statistic that holds it; raises where it is not kept."""
    statistic = KEPT_QUANTILES.get(round(probability, 9))
    if statistic is None:
        raise refuse(f"{told} the quantiles 0.05 and 0.95, not {probability:g}{instead}.")
    return statistic
