"""Explaining a difference: each driver's step is a simulation of its own, and the steps are the whole of it."""

import pytest

from simulation.comparison import Simulated
from simulation.experiment import Experiment, simulate
from simulation.scenario.reading.canonical import canonical, canonical_data
from simulation.scenario.reading.document import from_data, load
from simulation.scenario.scenario import Scenario
from simulation.studies.explaining import Cause, Explaining, Explanation, swapped
from simulation.studies.study import Asked, StudyRefusedError, conduct
from tests.studies.shops import SHOP, shop, simulated

EXPERIMENT = Experiment(replications=4, seed=7)
BUSIER = SHOP.replace("weekly_volume: 300", "weekly_volume: 420")
ALL_ELSE = (
    BUSIER.replace("mean_seconds: 200", "mean_seconds: 240")
    .replace("mean_seconds: 100", "mean_seconds: 60")
    .replace("agents: 2", "agents: 3")
    .replace("rate: 2.0", "rate: 1.5")
)


def explained(baseline: Scenario, candidate: Scenario) -> Explanation:
    answer = conduct(study(baseline, candidate), simulated)
    assert isinstance(answer, Explanation)
    return answer


def study(baseline: Scenario, candidate: Scenario) -> Explaining:
    return Explaining(document=canonical(candidate), baseline=canonical(baseline), experiment=EXPERIMENT)


def cost_of(scenario: Scenario) -> float:
    cost = simulate(scenario, EXPERIMENT).settlement.cost
    assert cost is not None
    assert cost.total.mean is not None
    return cost.total.mean


def test_steps_add_up_to_the_whole_difference() -> None:
    begun, ended = shop(), load(ALL_ELSE)
    told = explained(begun, ended)
    assert [one.causes for one in told.steps] == [
        (Cause.DEMAND,), (Cause.HANDLING,), (Cause.CUSTOMERS,), (Cause.PEOPLE,), (Cause.CONTRACT,),
    ]  # fmt: skip
    costs = [one.cost_effect.mean for one in told.steps if one.cost_effect is not None]
    assert told.baseline.cost is not None
    assert told.baseline.cost.mean == pytest.approx(cost_of(begun))
    assert told.baseline.cost.mean + sum(costs) == pytest.approx(cost_of(ended), abs=1e-9)
    last = told.steps[-1]
    assert told.baseline.fte.mean + sum(one.fte_effect.mean for one in told.steps) == pytest.approx(last.fte.mean)
    held = sum(one.holding_effect.mean for one in told.steps)
    assert told.baseline.holds.mean + held == pytest.approx(last.holds.mean)
    assert last.cost is not None
    assert last.cost.mean == pytest.approx(cost_of(ended))


def test_each_step_is_what_its_driver_adds_to_those_before_it() -> None:
    """Paid by contact, so half of a lower rate is a quarter of the cost; a third agent round the clock is 4.2 FTE."""
    told = explained(shop(), load(ALL_ELSE))
    assert told.steps[0].cost is not None
    assert told.steps[0].cost.mean == pytest.approx(cost_of(load(BUSIER)))
    assert told.steps[0].changed == ("queues.orders.demand.weekly_volume: 300 becomes 420 (+40 %)",)
    people, contract = told.steps[3], told.steps[4]
    assert people.fte_effect.mean == pytest.approx(168 / 40)
    assert [one.fte_effect.mean for one in told.steps if one is not people] == pytest.approx([0.0] * 4)
    assert contract.holding_effect.mean == 0


def test_alike_scenarios_differ_by_nothing() -> None:
    assert explained(shop(), shop()).steps == ()


def test_a_name_is_a_difference_that_changes_nothing() -> None:
    (step,) = explained(shop(), load(SHOP.replace("name: Shop", "name: Store"))).steps
    assert step.causes == (Cause.OTHER,)
    assert (step.holding_effect.mean, step.fte_effect.mean) == (0.0, 0.0)
    assert step.cost_effect is not None
    assert step.cost_effect.mean == 0.0


def test_drivers_that_make_no_valid_scenario_alone_are_joined_with_the_next() -> None:
    """A route names a team that only comes with the people: neither customers nor people stand alone."""
    second = ALL_ELSE.replace(
        "    patience: {mean_seconds: 60}",
        "    patience: {mean_seconds: 60}\n    route: {steps: [{teams: [desk]}, {teams: [more], after_seconds: 9}]}",
    ).replace("cost: {hourly_wage: 12}}]", "cost: {hourly_wage: 12}},\n      {id: more, site: leeds, skills: [{queue: "
    "orders}], staffing: {agents: 1}, cost: {hourly_wage: 12}}]")  # fmt: skip
    told = explained(shop(), load(second))
    joined = next(one for one in told.steps if Cause.CUSTOMERS in one.causes)
    assert len(joined.causes) > 1
    assert told.steps[-1].causes[-1] is Cause.OTHER
    costs = [one.cost_effect.mean for one in told.steps if one.cost_effect is not None]
    assert told.baseline.cost is not None
    assert told.baseline.cost.mean + sum(costs) == pytest.approx(cost_of(load(second)))


def test_every_part_of_a_document_belongs_to_a_driver_and_all_make_the_candidate() -> None:
    data, wanted = canonical_data(shop()), canonical_data(load(ALL_ELSE))
    for cause in Cause:
        before = data
        data = swapped(data, wanted, cause)
        if cause not in (Cause.CALENDAR, Cause.HAPPENINGS, Cause.OTHER):
            assert data != before, cause
            assert canonical(from_data(data)) != canonical(from_data(before))
    assert data == wanted


def test_the_points_are_the_same_whenever_they_are_asked_for() -> None:
    asked = [study(shop(), load(ALL_ELSE)).ask({}) for _ in range(2)]
    first, second = (one.points for one in asked if isinstance(one, Asked))
    assert [(one.name, canonical(one.scenario)) for one in first] == [
        (one.name, canonical(one.scenario)) for one in second
    ]
    assert canonical(first[-1].scenario) == canonical(load(ALL_ELSE))
    assert len(first) <= study(shop(), load(ALL_ELSE)).most_replications() / EXPERIMENT.replications


def test_scenarios_of_two_currencies_are_refused() -> None:
    euros = SHOP.replace("timezone: Europe/London", "timezone: Europe/London\ncurrency: EUR")
    with pytest.raises(StudyRefusedError, match="one scenario counts in USD, the other in EUR"):
        study(shop(), load(euros)).ask({})


def test_readings_and_answers_are_stored_and_restored() -> None:
    one = study(shop(), load(BUSIER))
    reading = one.read(Simulated(shop(), simulate(shop(), EXPERIMENT)))
    assert Explaining.restored(one.reading, Explaining.stored(one.reading, reading)) == reading
    answer = explained(shop(), load(BUSIER))
    assert Explaining.restored(one.answer, Explaining.stored(one.answer, answer)) == answer
