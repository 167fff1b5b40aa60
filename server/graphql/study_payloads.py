"""What came of starting a study, by its kind."""

import strawberry

from server.graphql.errors import UserError
from server.graphql.studies import Study


@strawberry.type(description="What came of startStressTests.")
class StartStressTestsPayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of startSweep.")
class StartSweepPayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of startSensitivity.")
class StartSensitivityPayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of startLimitSearch.")
class StartLimitSearchPayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of startStaffingSearch.")
class StartStaffingSearchPayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of explainDifference.")
class ExplainDifferencePayload:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")
