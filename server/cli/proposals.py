"""`springtide proposal`: what a vendor does with proposals, by a server; `check` and `run` need none."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from server.cli.documents import JsonOption
from server.cli.endings import Exit, leave
from server.cli.remote import (
    OutputOption,
    ProposalArgument,
    RequestArgument,
    ServerOption,
    TokenOption,
    asked,
    put,
    text_of,
    told_as_json,
)
from server.terminal import RunProgress, say

if TYPE_CHECKING:
    from simulation.proposals.request import Request
    from simulation.scenario.scenario import Scenario

proposal_app = typer.Typer(
    help="Proposals: drafts to requests, tested, submitted, taken back.", no_args_is_help=True, rich_markup_mode=None
)
RequestFile = Annotated[
    Path, typer.Argument(metavar="REQUEST", help="The request's file, as `springtide request show` writes it.")
]
ProposalFile = Annotated[Path, typer.Argument(metavar="PROPOSAL", help="The proposal's file.")]

ERRORS = "userErrors { code message path }"
DOCUMENT = "query($id: ID!) { request(id: $id) { document } }"
SAVE = f"""mutation($input: SaveProposalInput!) {{ saveProposal(input: $input) {{
  proposal {{ id version status }} {ERRORS} }} }}"""
TEST = f"""mutation($input: TestProposalInput!) {{ testProposal(input: $input) {{ run {{ id }} {ERRORS} }} }}"""
RUN = """query($id: ID!) { run(id: $id) { id status progress { completed total } failure { message } outcomes {
  allMet { mean } queues { id total { serviceLevel { mean } turnaroundMet { mean } } }
  clauses { id windows { credit { mean } } } decision { firstToBreak { clause start } }
  vendors { id months { start invoice { mean } margin { mean } } } } } }"""
SUBMIT = f"""mutation($input: SubmitProposalInput!) {{ submitProposal(input: $input) {{
  proposal {{ id status submittedVersion }} {ERRORS} }} }}"""
WITHDRAW = f"""mutation($input: WithdrawProposalInput!) {{ withdrawProposal(input: $input) {{
  proposal {{ id status }} {ERRORS} }} }}"""
SHOW = """query($id: ID!) { proposal(id: $id) { id status version submittedVersion isTested document
  run { id status outcomes { vendors { id } } } } }"""
PRICE = f"""query($run: ID!, $vendor: ID!, $margin: Float!, $probability: Float!) {{
  priceFor(runId: $run, vendor: $vendor, margin: $margin, probability: $probability) {{
    price {{ factor reached {{ mean }} lines {{ kind }} }} {ERRORS} }} }}"""


@proposal_app.command("draft")
def draft(
    request: RequestArgument,
    output: OutputOption = None,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Write a proposal to begin from: one site, one team with every skill, one price."""
    found = asked(server, token).ask(DOCUMENT, id=request)["request"]
    if found is None:
        leave(Exit.WRONG_USAGE, f"{request}: there is no such request; `springtide request list` has them")
    from simulation.proposals.reading import load_request

    put(begun(load_request(found["document"])), output)


def begun(request: "Request") -> str:
    """A proposal's text to be filled in, valid as it is."""
    skills = ", ".join(f"{{queue: {queue.id}}}" for queue in request.queues)
    return f"""# A proposal to: {request.name}
vendor:
  id: vendor
  name: Our company
  sites:
    - {{id: site, country: US}}
  teams:
    - id: team
      site: site
      skills: [{skills}]
      workforce: {{headcount: 20, attrition: {{annual_rate: 0.4}}, hiring: {{lead_time_weeks: {{mean: 3}}}}}}
      cost: {{hourly_wage: 10}}  # never shown to the client
pricing:
  - {{kind: PER_PAID_HOUR, rate: 20}}
"""


@proposal_app.command("save")
def save(
    request: RequestArgument,
    file: ProposalFile,
    expected_version: Annotated[
        int | None, typer.Option("--expected-version", help="The version it was read at; left out: whatever is there.")
    ] = None,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Save a draft, which the client knows nothing of; prints the proposal's id."""
    remote = asked(server, token)
    told = remote.do(SAVE, requestId=request, document=text_of(file), expectedVersion=expected_version)["proposal"]
    if not told_as_json(told, as_json):
        say(f"version {told['version']}, {told['status'].lower()}")
        print(told["id"])


@proposal_app.command("test")
def try_out(
    proposal: ProposalArgument,
    wait: Annotated[bool, typer.Option(help="Until it has ended, then say what came of it.")] = True,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Simulate request and proposal together on the server; nobody else learns of it."""
    remote = asked(server, token)
    run = remote.do(TEST, proposalId=proposal)["run"]["id"]
    if not wait:
        print(run)
        return
    from server.waiting import until_ended

    found = until_ended(remote, RUN, "run", run)
    if not told_as_json(found, as_json):
        _tell(found["outcomes"])
        print(run)


def _tell(outcomes: Any) -> None:
    met = outcomes["allMet"]
    if met is not None:
        say(f"every clause met: {100 * met['mean']:.0f} % of replications")
    for queue in outcomes["queues"]:
        for name, words in (("serviceLevel", "served in time"), ("turnaroundMet", "done when due")):
            mean = (queue["total"][name] or {}).get("mean")
            if mean is not None:
                say(f"{queue['id']}: {100 * mean:.1f} % {words}")
    credits = sum(window["credit"]["mean"] or 0 for clause in outcomes["clauses"] for window in clause["windows"])
    for vendor in outcomes["vendors"]:
        invoices = sum(month["invoice"]["mean"] or 0 for month in vendor["months"])
        margins = [month["margin"]["mean"] for month in vendor["months"] if month["margin"] is not None]
        margin = f", margin {sum(margins):,.0f}" if margins else ""
        say(f"{vendor['id']}: invoices {invoices:,.0f}, expected credits {credits:,.0f}{margin}")
    if first := (outcomes["decision"] or {}).get("firstToBreak"):
        say(f"first to break: {first['clause']} from {first['start']}")


@proposal_app.command("show")
def show(
    proposal: ProposalArgument,
    output: OutputOption = None,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Show a proposal's document as one may see it, and on stderr how it stands."""
    found = _shown(asked(server, token), proposal)
    if told_as_json(found, as_json):
        return
    version = "" if found["version"] is None else f", version {found['version']}"
    say(f"{found['status'].lower()}{version}")
    if found["document"] is None:
        leave(Exit.FAILED, "what is offered is sealed until the request closes")
    put(found["document"], output)


def _shown(remote: Any, proposal: str) -> Any:
    found = remote.ask(SHOW, id=proposal)["proposal"]
    if found is None:
        leave(Exit.WRONG_USAGE, f"{proposal}: there is no such proposal; `springtide request show` has them")
    return found


@proposal_app.command("submit")
def submit(
    proposal: ProposalArgument,
    version: Annotated[
        int | None, typer.Option(help="The version that is meant; left out: the last one, if it was tested.")
    ] = None,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Submit the last version of a proposal, in place of what stands."""
    remote = asked(server, token)
    if version is None:
        version = _shown(remote, proposal)["version"]
    told = remote.do(SUBMIT, proposalId=proposal, expectedVersion=version)["proposal"]
    say(f"{told['status'].lower()}: version {told['submittedVersion']}")


@proposal_app.command("withdraw")
def withdraw(proposal: ProposalArgument, server: ServerOption = None, token: TokenOption = None) -> None:
    """Take a submitted proposal back."""
    asked(server, token).do(WITHDRAW, proposalId=proposal)
    say("withdrawn")


@proposal_app.command("price")
def price(
    proposal: ProposalArgument,
    margin: Annotated[float, typer.Option(help="Invoices less own cost, as a share of the invoices; 0.15 say.")],
    probability: Annotated[float, typer.Option(help="Share of the replications in which it must be reached.")] = 0.9,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Say at which rates the proposal's last test reaches a margin, with a probability."""
    remote = asked(server, token)
    run = _shown(remote, proposal)["run"]
    if run is None or run["outcomes"] is None:
        leave(Exit.FAILED, f"{proposal}: no test of it has succeeded; `springtide proposal test` starts one")
    (vendor,) = run["outcomes"]["vendors"]
    given = {"run": run["id"], "vendor": vendor["id"], "margin": margin, "probability": probability}
    told = remote.ask(PRICE, **given)["priceFor"]
    if errors := told["userErrors"]:
        leave(Exit.WRONG_USAGE, *(one["message"] for one in errors))
    if not told_as_json(told["price"], as_json):
        print(f"{told['price']['factor']:.4f} times today's rates")
        say(f"reached in {100 * told['price']['reached']['mean']:.0f} % of replications")


@proposal_app.command("check")
def check(request: RequestFile, proposal: ProposalFile) -> None:
    """Say what is wrong with a proposal to a request, without a server."""
    _joined(request, proposal)
    say(f"{proposal}: is valid")


@proposal_app.command("run")
def run(
    request: RequestFile,
    proposal: ProposalFile,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Processes; left out: one a core. Never changes a figure.")
    ] = None,
    floor: Annotated[
        Literal["kernel", "simpy"], typer.Option(help="Contacts served by compiled code, or slowly by plain SimPy.")
    ] = "kernel",
    as_json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """Simulate a request and a proposal by the request's experiment, without a server."""
    known, scenario = _joined(request, proposal)
    from server.simulating import simulate_locally
    from server.tables.result import show_result
    from simulation.outcome.report.document import document_json

    with RunProgress(scenario.name) as progress:
        result = simulate_locally(scenario, known.experiment, workers=workers, floor=floor, on_progress=progress)
    shown = document_json(result)
    if output is not None:
        put(shown, output)
    if as_json:
        print(shown)
    else:
        show_result(result, scenario)


def _joined(request: Path, proposal: Path) -> "tuple[Request, Scenario]":
    """Raises ScenarioError with every problem."""
    from simulation.proposals.joining import Part, joined
    from simulation.proposals.reading import load_proposal, load_request
    from simulation.scenario.problems import RefusedError

    known = load_request(text_of(request), file=str(request))
    try:
        return known, joined(known, [Part(load_proposal(text_of(proposal), known, file=str(proposal)))])
    except RefusedError as error:
        leave(
            Exit.WRONG_USAGE,
            *(f"{proposal}: {'.'.join(map(str, one.at))}: {one.message}; {one.mend}" for one in error.refusals),
        )
