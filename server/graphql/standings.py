"""How an organisation stands with its limits, and what is said where one is reached."""

from datetime import datetime

import strawberry

from server.graphql.enums import describe
from server.store.limits import LimitName, Standing

describe(LimitName)

FREES = {
    LimitName.RUNNING_RUNS: "a further run begins when one ends",
    LimitName.QUEUED_RUNS: "wait until a worker takes one, or cancel some",
    LimitName.CONTACTS_A_DAY: "wait until {at}, start fewer replications, or cancel runs that have not ended",
    LimitName.STORED_BYTES: "delete runs that are of no use any more, or set a retention",
    LimitName.REQUESTS_A_MINUTE: "send fewer; it fills up within a minute",
}
"""What frees each limit."""
WORDS = {
    LimitName.RUNNING_RUNS: "running runs",
    LimitName.QUEUED_RUNS: "queued runs",
    LimitName.CONTACTS_A_DAY: "contacts simulated a day",
    LimitName.STORED_BYTES: "bytes of stored outcomes",
    LimitName.REQUESTS_A_MINUTE: "requests a minute",
}


@strawberry.type(description="How the organisation stands with one of its limits. An operator of the server sets them.")
class Limit:
    name: LimitName = strawberry.field(description="What is limited.")
    used: float = strawberry.field(description="How much is used: a whole number, perhaps larger than an Int.")
    most: float | None = strawberry.field(description="How much there is; null: unlimited.")
    left: float | None = strawberry.field(description="How much is left, never below 0; null: unlimited.")
    frees_at: datetime | None = strawberry.field(
        description="When all of it is free again; null where that depends on what is done, as `frees` says."
    )
    frees: str = strawberry.field(description="What frees it, in words.")


def shown(standing: Standing) -> Limit:
    return Limit(
        name=standing.limit,
        used=standing.used,
        most=standing.most,
        left=standing.left,
        frees_at=standing.frees_at,
        frees=frees(standing),
    )


def frees(standing: Standing) -> str:
    at = standing.frees_at.strftime("%Y-%m-%dT%H:%MZ") if standing.frees_at else ""
    return FREES[standing.limit].format(at=at)


def told(standing: Standing, needed: int) -> str:
    """A limit that is reached, in a line."""
    most, used, left = (f"{number:,}" for number in (standing.most or 0, standing.used, standing.left or 0))
    return (
        f"the organisation's limit is {most} {WORDS[standing.limit]}: {used} used, {left} left, {needed:,} needed;"
        f" {frees(standing)}"
    )
