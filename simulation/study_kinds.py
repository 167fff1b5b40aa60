"""All kinds of study, by the name that data, stores and programs call them."""

from collections.abc import Mapping
from enum import StrEnum

from simulation.proposals.evaluation import Evaluation
from simulation.proposals.readiness import Readiness
from simulation.studies.explaining import Explaining
from simulation.studies.limit import LimitSearch
from simulation.studies.sensitivity import Sensitivity
from simulation.studies.staffing.search import StaffingSearch
from simulation.studies.stress import StressTests
from simulation.studies.study import Study
from simulation.studies.sweep import Sweep


class StudyKind(StrEnum):
    """What a study finds out."""

    STRESS_TESTS = "STRESS_TESTS"
    """How the plan stands named shocks."""
    SWEEP = "SWEEP"
    """Which combination of changes pays."""
    SENSITIVITY = "SENSITIVITY"
    """Which assumption the plan hangs on."""
    LIMIT_SEARCH = "LIMIT_SEARCH"
    """How much more the plan stands, and what breaks first."""
    STAFFING_SEARCH = "STAFFING_SEARCH"
    """The least agents, and the least-cost hiring plan."""
    EXPLAINING = "EXPLAINING"
    """Why the plan comes out otherwise than a baseline."""
    EVALUATION = "EVALUATION"
    """Which of the proposals for a request is the best."""
    READINESS = "READINESS"
    """When the steps of a transition may come."""


KINDS: Mapping[StudyKind, type[Study]] = {
    StudyKind.STRESS_TESTS: StressTests,
    StudyKind.SWEEP: Sweep,
    StudyKind.SENSITIVITY: Sensitivity,
    StudyKind.LIMIT_SEARCH: LimitSearch,
    StudyKind.STAFFING_SEARCH: StaffingSearch,
    StudyKind.EXPLAINING: Explaining,
    StudyKind.EVALUATION: Evaluation,
    StudyKind.READINESS: Readiness,
}
