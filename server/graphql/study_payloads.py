"""What came of starting a study, by its kind."""

import strawberry

from server.graphql.errors import UserError
from server.graphql.studies import Study


@strawberry.type
class Begun:
    study: Study | None = strawberry.field(description="The study; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was started.")


@strawberry.type(description="What came of startStressTests.")
class StartStressTestsPayload(Begun):
    pass


@strawberry.type(description="What came of startSweep.")
class StartSweepPayload(Begun):
    pass


@strawberry.type(description="What came of startSensitivity.")
class StartSensitivityPayload(Begun):
    pass


@strawberry.type(description="What came of startLimitSearch.")
class StartLimitSearchPayload(Begun):
    pass


@strawberry.type(description="What came of startStaffingSearch.")
class StartStaffingSearchPayload(Begun):
    pass


@strawberry.type(description="What came of startReadiness.")
class StartReadinessPayload(Begun):
    pass


@strawberry.type(description="What came of explainDifference.")
class ExplainDifferencePayload(Begun):
    pass
