"""The request and the proposals that come with the program: valid, different, and with a margin."""

import pytest

from simulation.experiment import Experiment, simulate
from simulation.proposals.examples import REQUEST, example_proposals, example_text
from simulation.proposals.joining import Part, joined
from simulation.proposals.reading import load_proposal, load_request


def test_there_is_a_request_and_two_proposals() -> None:
    assert example_proposals() == ["kestrel", "meridian"]
    assert load_request(example_text(REQUEST)).stresses
    with pytest.raises(LookupError, match="write kestrel"):
        example_text("kestral")


@pytest.mark.parametrize("name", example_proposals())
def test_a_proposal_serves_the_request_and_earns_something(name: str) -> None:
    of = load_request(example_text(REQUEST), file=REQUEST)
    scenario = joined(of, [Part(load_proposal(example_text(name), of, file=name))])
    result = simulate(scenario, Experiment(replications=2, seed=11))
    (vendor,) = result.settlement.vendors
    assert all(month.margin is not None and month.margin.mean for month in vendor.months)
    assert all(0.7 < (queue.totals["service_level"].mean or 0) <= 1 for queue in result.queues)
    assert result.scaling.vendors[0].id == name
