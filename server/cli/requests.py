"""`springtide request`: what a client does with requests, by a server; `draft` alone needs none."""

from pathlib import Path
from typing import Annotated, Any

import typer

from server.cli.documents import JsonOption, ScenarioArgument, read_experiment, read_scenario
from server.cli.endings import Exit, leave
from server.cli.remote import OutputOption, RequestArgument, ServerOption, TokenOption, asked, put, rows, told_as_json
from server.terminal import say

request_app = typer.Typer(
    help="Requests: work put out, vendors invited, proposals compared and awarded.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Queue = Annotated[
    list[str] | None, typer.Option("--queue", metavar="ID", help="A queue that is put out; left out: the vendors'.")
]
Contract = Annotated[
    str | None, typer.Option(metavar="VENDOR", help="Whose contract's terms are offered, without its prices.")
]

ERRORS = "userErrors { code message path }"
CREATE = f"""mutation($input: CreateRequestInput!) {{ createRequest(input: $input) {{
  request {{ id name closesAt leftOut {{ path message }} }} {ERRORS} }} }}"""
SCENARIO = f"""mutation($input: CreateScenarioInput!) {{ createScenario(input: $input) {{
  scenario {{ id }} {ERRORS} }} }}"""
LIST = """query($after: String) { requests(first: 100, after: $after) {
  nodes { id name status closesAt client { name } } pageInfo { hasNextPage endCursor } } }"""
SHOW = """query($id: ID!) { request(id: $id) { id name status sealed closesAt client { name } document
  experiment { replications seed } stresses
  invitations(first: 100) { nodes { vendor { name } invitedAt outcome share } }
  proposals(first: 100) { nodes { id status submittedAt vendor { name } } } } }"""
INVITE = f"""mutation($input: InviteVendorsInput!) {{ inviteVendors(input: $input) {{
  request {{ invitations {{ totalCount }} }} {ERRORS} }} }}"""
CLOSE = f"""mutation($input: CloseRequestInput!) {{ closeRequest(input: $input) {{
  request {{ status closesAt }} {ERRORS} }} }}"""
EXTEND = f"""mutation($input: ExtendRequestInput!) {{ extendRequest(input: $input) {{
  request {{ status closesAt }} {ERRORS} }} }}"""
WITHDRAW = f"""mutation($input: WithdrawRequestInput!) {{ withdrawRequest(input: $input) {{
  request {{ status }} {ERRORS} }} }}"""
EVALUATE = f"""mutation($input: StartEvaluationInput!) {{ startEvaluation(input: $input) {{
  study {{ id status }} {ERRORS} }} }}"""
STUDY = """query($id: ID!) { study(id: $id) {
  status failure { message } progress { replications mostReplications } } }"""
EVALUATED = """query($id: ID!) { request(id: $id) { proposals(first: 100) { nodes { id vendor { name } } }
  evaluations(first: 50) { nodes { id status } } } }"""
BOARD = """query($id: ID!) { study(id: $id) { id board { baseline replications weeks untried { name reason }
  candidates { name holds { mean lower upper } cost { mean } credits { expected { mean } p95 }
    service { queue share { mean } } strengths { vendor countedWeeks reached { mean } } ramp { code message path }
    stresses { stress holds { mean } } untried { name reason }
    differences { figure queue isReal effect { mean lower upper } } } } } }"""
SCORE = f"""query($study: ID!, $card: ScorecardInput!) {{ scoreProposals(studyId: $study, scorecard: $card) {{
  scores {{ candidate points }} {ERRORS} }} }}"""
AWARD = f"""mutation($input: AwardProposalInput!) {{ awardProposal(input: $input) {{
  scenario {{ id name document }} takenAway {{ path message }} {ERRORS} }} }}"""


@request_app.command("draft")
def draft(
    scenario: ScenarioArgument,
    queue: Queue = None,
    contract_of: Contract = None,
    replications: Annotated[int | None, typer.Option(help="How often proposals are simulated; left out: 100.")] = None,
    seed: Annotated[int, typer.Option(help="Names the random draws, which all proposals meet.")] = 1,
    output: OutputOption = None,
) -> None:
    """Write the request that a scenario would be put out as, without a server."""
    described = read_scenario(scenario)
    from simulation.proposals.putting_out import put_out
    from simulation.scenario.problems import RefusedError
    from simulation.scenario.reading.canonical import to_yaml

    experiment = read_experiment(replications, seed, None)
    try:
        found = put_out(described, queues=queue, contract_of=contract_of, experiment=experiment)
    except RefusedError as error:
        leave(
            Exit.WRONG_USAGE,
            *(f"{'.'.join(map(str, one.at))}: {one.message}; {one.mend}" for one in error.refusals),
        )
    for note in found.left_out:
        say(f"left out: {note.path}: {note.message}")
    put(to_yaml(found.request), output)


@request_app.command("create")
def create(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's id on the server, a file, or a preset's id.")
    ],
    closes: Annotated[str, typer.Option(metavar="TIME", help="Until when it is open: 2026-12-01T12:00:00+01:00.")],
    name: Annotated[str | None, typer.Option(help="Its name; left out: the scenario's.")] = None,
    queue: Queue = None,
    contract_of: Contract = None,
    replications: Annotated[int | None, typer.Option(help="How often proposals are simulated; left out: 100.")] = None,
    seed: Annotated[int | None, typer.Option(help="Names the random draws; left out: 1.")] = None,
    stress: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A stress test for all; left out: the whole library.")
    ] = None,
    open_at_once: Annotated[
        bool, typer.Option("--unsealed", help="Proposals may be opened before the request closes.")
    ] = False,
    invite: Annotated[list[str] | None, typer.Option(metavar="VENDOR", help="A vendor to invite.")] = None,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Put a scenario's work out; prints the request's id."""
    from server.graphql.paging import key_of
    from server.remote import RemoteError

    remote = asked(server, token)
    scenario_id = scenario
    if key_of(scenario, "Scenario") is None:
        from server.cli.documents import read_document

        read_scenario(scenario)  # with its problems by line, before it is sent
        document = read_document(scenario)[0]
        scenario_id = remote.do(SCENARIO, source={"document": document})["scenario"]["id"]
    tests = None if stress is None else [{_camel(one): {}} for one in stress]
    made = remote.do(
        CREATE, scenarioId=scenario_id, closesAt=closes, name=name, queues=queue, contractOf=contract_of,
        replications=replications, seed=seed, stresses=tests, sealed=not open_at_once,
    )["request"]  # fmt: skip
    for note in made["leftOut"] or ():
        say(f"left out: {note['path']}: {note['message']}")
    if not told_as_json(made, as_json):
        print(made["id"])
    if invite:
        try:
            remote.do(INVITE, requestId=made["id"], organisations=invite)
        except RemoteError as error:
            leave(Exit.FAILED, *error.lines, "the request stands; invite with `springtide request invite`")


def _camel(name: str) -> str:
    first, *rest = name.replace("-", "_").split("_")
    return first + "".join(word.title() for word in rest)


@request_app.command("list")
def list_(as_json: JsonOption = False, server: ServerOption = None, token: TokenOption = None) -> None:
    """List the requests that were put out, or that one was invited to."""
    remote, found, after, more = asked(server, token), list[Any](), None, True
    while more:
        page = remote.ask(LIST, after=after)["requests"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    if not told_as_json(found, as_json):
        rows(
            "Requests",
            ("request", [one["id"] for one in found]),
            ("name", [one["name"] for one in found]),
            ("of", [one["client"]["name"] for one in found]),
            ("status", [one["status"].lower() for one in found]),
            ("closes", [one["closesAt"] for one in found]),
        )


@request_app.command("show")
def show(
    request: RequestArgument,
    output: OutputOption = None,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Show a request's document, and on stderr how it stands."""
    found = asked(server, token).ask(SHOW, id=request)["request"]
    if found is None:
        leave(Exit.WRONG_USAGE, f"{request}: there is no such request; `springtide request list` has them")
    if told_as_json(found, as_json):
        return
    say(f"{found['name']}, of {found['client']['name']}: {found['status'].lower()}, closes {found['closesAt']}")
    for one in found["invitations"]["nodes"]:
        say(f"invited: {one['vendor']['name']}{_came_to(one)}")
    for one in found["proposals"]["nodes"]:
        say(f"proposal {one['id']} of {one['vendor']['name']}: {one['status'].lower()}")
    put(found["document"], output)


def _came_to(invitation: Any) -> str:
    share = "" if invitation["share"] is None else f" {100 * invitation['share']:g} %"
    return "" if invitation["outcome"] is None else f", {invitation['outcome'].lower().replace('_', ' ')}{share}"


@request_app.command("invite")
def invite(
    request: RequestArgument,
    vendors: Annotated[list[str], typer.Argument(metavar="VENDOR...", help="By exact name, or by id.")],
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Invite vendors to a request."""
    told = asked(server, token).do(INVITE, requestId=request, organisations=vendors)["request"]
    say(f"invited: {told['invitations']['totalCount']}")


@request_app.command("close")
def close(request: RequestArgument, server: ServerOption = None, token: TokenOption = None) -> None:
    """Close a request now."""
    say(f"closed since {asked(server, token).do(CLOSE, requestId=request)['request']['closesAt']}")


@request_app.command("extend")
def extend(
    request: RequestArgument,
    closes: Annotated[str, typer.Option(metavar="TIME", help="Until when it is open now.")],
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Give vendors more time."""
    told = asked(server, token).do(EXTEND, requestId=request, closesAt=closes)["request"]
    say(f"open until {told['closesAt']}")


@request_app.command("withdraw")
def withdraw(request: RequestArgument, server: ServerOption = None, token: TokenOption = None) -> None:
    """Take a request back."""
    asked(server, token).do(WITHDRAW, requestId=request)
    say("withdrawn")


@request_app.command("evaluate")
def evaluate(
    request: RequestArgument,
    mix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=ID:SHARE,...",
            help="A mix by shares, both=ID:0.7,ID:0.3, or with waits, first=ID,ID:@30 (takes over after 30 s).",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until it has ended.")] = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Simulate all that was submitted, and mixes of it, as planned and under stress; prints the study's id."""
    remote = asked(server, token)
    mixes = [_mix(text) for text in mix or ()]
    study = remote.do(EVALUATE, requestId=request, mixes=mixes)["study"]["id"]
    print(study)
    if wait:
        from server.waiting import until_ended

        until_ended(remote, STUDY, "study", study)


def _mix(text: str) -> dict[str, Any]:
    name, equals, parts = text.partition("=")
    if not (name and equals and parts):
        leave(Exit.WRONG_USAGE, f"--mix {text}: write NAME=ID:SHARE,ID:SHARE")
    return {"name": name, "parts": [_part(part, text) for part in parts.split(",")]}


def _part(text: str, of: str) -> dict[str, Any]:
    proposal, _, amount = text.partition(":")
    try:
        if amount.startswith("@"):
            return {"proposal": proposal, "afterSeconds": float(amount[1:])}
        return {"proposal": proposal, **({"share": float(amount)} if amount else {})}
    except ValueError:
        leave(Exit.WRONG_USAGE, f"--mix {of}: {amount!r} is no share and no wait; write 0.7 or @30")


@request_app.command("board")
def board(
    request: RequestArgument,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=WEIGHT", help="Points by weights of met, cost, credits, worst-stress, strength."),
    ] = None,
    as_json: JsonOption = False,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Show the last evaluation's board."""
    remote = asked(server, token)
    found = remote.ask(EVALUATED, id=request)["request"]
    evaluations = found["evaluations"]["nodes"] if found else []
    last = next((one["id"] for one in evaluations if one["status"] == "SUCCEEDED"), None)
    if last is None:
        leave(Exit.FAILED, f"{request}: no evaluation has succeeded; `springtide request evaluate` starts one")
    study, points = remote.ask(BOARD, id=last)["study"], _points(remote, last, weight)
    if not told_as_json({**study, "scores": points}, as_json):
        from server.tables.board import show_board

        vendors = {one["id"]: one["vendor"]["name"] for one in found["proposals"]["nodes"]}
        show_board(study["board"], vendors, points)


def _points(remote: Any, study: str, weights: list[str] | None) -> dict[str, float]:
    if not weights:
        return {}
    card = []
    for text in weights:
        name, _, value = text.partition("=")
        try:
            card.append({"key": name.upper().replace("-", "_"), "value": float(value)})
        except ValueError:
            leave(Exit.WRONG_USAGE, f"--weight {text}: write NAME=WEIGHT, such as met=3")
    told = remote.ask(SCORE, study=study, card={"weights": card})["scoreProposals"]
    if errors := told["userErrors"]:
        leave(Exit.WRONG_USAGE, *(one["message"] for one in errors))
    return {one["candidate"]: one["points"] for one in told["scores"]}


@request_app.command("award")
def award(
    request: RequestArgument,
    winners: Annotated[
        list[str], typer.Argument(metavar="PROPOSAL[:SHARE]...", help="Who wins, and how much: ID:0.7 ID:0.3.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the new scenario is written, too.")
    ] = None,
    server: ServerOption = None,
    token: TokenOption = None,
) -> None:
    """Award a request; prints the id of the scenario with the winners."""
    parts = [_part(text, text) for text in winners]
    shares = [part["share"] for part in parts if "share" in part]
    told = asked(server, token).do(
        AWARD,
        requestId=request,
        proposalIds=[part["proposal"] for part in parts],
        shares=shares or None,
    )
    for note in told["takenAway"]:
        say(f"taken away: {note['path']}: {note['message']}")
    print(told["scenario"]["id"])
    if output is not None:
        put(told["scenario"]["document"], output)
