"""What there is to look at: an operation with runs and studies of it, and the address of every page."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.console.house import House

QUAYSIDE = Path(__file__).with_name("quayside.yaml").read_text(encoding="utf-8")
LIMIT = """mutation($input: StartLimitSearchInput!) {
  started: startLimitSearch(input: $input) { study { id } userErrors { message } } }"""
SWEEP = """mutation($input: StartSweepInput!) {
  started: startSweep(input: $input) { study { id } userErrors { message } } }"""
MORE = '[{"scaleDemand":{"factor":1.2}}]'


@dataclass
class Shown:
    scenario: str
    fork: str
    run: str
    forked: str
    sweep: str
    limit: str

    def addresses(self) -> dict[str, str]:
        edit, run = f"/scenarios/{self.scenario}/edit", f"/runs/{self.run}"
        return {
            "scenarios": "/",
            "scenario": f"/scenarios/{self.fork}",
            "what-if": f"{edit}?changes={quote(MORE)}",
            "demand": f"{edit}?tab=demand&changes={quote(MORE)}",
            "queues": f"{edit}?tab=queues",
            "teams": f"{edit}?tab=teams&team=desk",
            "contracts": f"{edit}?tab=contracts",
            "document": f"{edit}?tab=document",
            "runs": "/runs",
            "run": run,
            "run-service": f"{run}?tab=service",
            "run-people": f"{run}?tab=people",
            "run-money": f"{run}?tab=money",
            "run-papers": f"{run}?tab=papers",
            "compare": f"/compare?baseline={self.run}&runs={self.forked}",
            "compare-nothing": "/compare",
            "studies": "/studies",
            "new-study": f"/studies/new?scenario={self.scenario}",
            "sweep": f"/studies/{self.sweep}",
            "limit": f"/studies/{self.limit}",
            "presets": "/presets",
            "gone": "/runs/UnVuOm5vbmU",
            "nowhere": "/scenarios/a/b/c",
        }


def prepared(house: House, scenario: str | None = None) -> Shown:
    """A scenario that was run, a what-if of it that was run, and studies of it."""
    scenario = scenario or house.made(source={"document": QUAYSIDE})
    fork = house.made(source={"scenarioId": scenario}, name="A fifth more", changes=[{"scaleDemand": {"factor": 1.2}}])
    runs = [house.started(each, replications=6) for each in (scenario, fork)]
    base = {"base": {"scenarioId": scenario}, "replications": 3}
    steps = [{"label": label, "changes": [{"scaleTeam": {"factor": float(label)}}]} for label in ("1", "1.3")]
    sweep = house.ask(SWEEP, input={**base, "axes": [{"name": "People", "steps": steps}]})["started"]
    limit = house.ask(LIMIT, input={**base, "vary": "DEMAND", "until": 0.5, "fineness": 0.5})["started"]
    assert (sweep["userErrors"], limit["userErrors"]) == ([], [])
    run, forked = map(house.finished, runs)
    swept, limited = (house.answered(each["study"]["id"]) for each in (sweep, limit))
    return Shown(scenario, fork, run, forked, swept, limited)
