"""Runs over the API: started once a key, told, cancelled, and read as the result document has them."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.claims import claim_run, fail_run
from server.store.organisations import Role
from server.store.runs import FailureCode
from server.store.scenarios import get_scenarios
from simulation.experiment import ENGINE_VERSION
from simulation.outcome.counting.measure import Resolution
from simulation.outcome.report.document import document
from tests.server.api import SHOP, Client, shop_result, token_of


@pytest.fixture
async def run(client: Client) -> str:
    return await client.finished_run()


async def outcomes(client: Client, run: str, fields: str) -> Any:
    read = await client.ask(
        f"query($run: ID!) {{ node(id: $run) {{ ... on Run {{ outcomes {{ {fields} }} }} }} }}", run=run
    )
    return read["node"]["outcomes"]


async def test_a_started_run_waits_with_its_scenario_and_experiment(client: Client) -> None:
    scenario = await client.create_scenario()
    run = await client.start_run(scenario, replications=7, seed=3)
    status = (await client.ask("Status", run=run))["node"]
    assert status["scenario"]["id"] == scenario
    assert (status["status"], status["startedAt"], status["finishedAt"], status["failure"]) == (
        "QUEUED",
        None,
        None,
        None,
    )
    assert status["progress"] == {"completed": 0, "total": 7}
    assert status["createdAt"].endswith("+00:00")
    read = await client.ask("query($id: ID!) { run(id: $id) { experiment { replications seed precision } } }", id=run)
    assert read["run"]["experiment"] == {"replications": 7, "seed": 3, "precision": None}


async def test_what_is_left_out_of_a_run_has_its_default(client: Client) -> None:
    exact = await client.start_run(precision=0.01)
    assert (await client.ask("Status", run=exact))["node"]["progress"]["total"] == 1000
    plain = await client.start_run()
    assert (await client.ask("Status", run=plain))["node"]["progress"]["total"] == 100


@pytest.mark.parametrize(
    ("given", "path"),
    [({"replications": 0}, "replications"), ({"precision": 2.0}, "precision"), ({"seed": -1}, "seed")],
)
async def test_an_impossible_experiment_is_refused(client: Client, given: dict[str, Any], path: str) -> None:
    scenario = await client.create_scenario()
    refused = (await client.ask("StartRun", scenario=scenario, **given))["startRun"]
    assert refused["run"] is None
    assert [(error["code"], error["path"]) for error in refused["userErrors"]] == [("INVALID_ARGUMENT", path)]


async def test_a_repeated_key_returns_the_run_started_first(client: Client) -> None:
    scenario = await client.create_scenario()
    first = await client.start_run(scenario, key="once")
    assert await client.start_run(scenario, key="once") == first
    assert await client.start_run(scenario) != first


async def test_a_waiting_run_is_cancelled_once(client: Client) -> None:
    run = await client.start_run()
    cancelled = (await client.ask("CancelRun", run=run))["cancelRun"]
    assert (cancelled["run"]["status"], cancelled["userErrors"]) == ("CANCELLED", [])
    again = (await client.ask("CancelRun", run=run))["cancelRun"]
    assert (again["run"]["status"], again["userErrors"]) == ("CANCELLED", [])


async def test_a_finished_run_cannot_be_cancelled(client: Client, run: str) -> None:
    refused = (await client.ask("CancelRun", run=run))["cancelRun"]
    assert refused["run"]["status"] == "SUCCEEDED"
    assert [error["code"] for error in refused["userErrors"]] == ["FINISHED"]


async def test_a_run_that_is_not_there_cannot_be_cancelled(client: Client) -> None:
    refused = (await client.ask("CancelRun", run="nonsense"))["cancelRun"]
    assert (refused["run"], refused["userErrors"][0]["code"]) == (None, "NOT_FOUND")


async def test_a_failed_run_says_why(client: Client, database: Database) -> None:
    run = await client.start_run()
    async with database.queue() as connection:
        claim = await claim_run(connection, 60.0, ENGINE_VERSION)
    assert claim is not None
    async with database.tenant(claim.organisation_id) as connection:
        await fail_run(connection, claim, FailureCode.SIMULATION_FAILED, "the floor fell in")
    status = (await client.ask("Status", run=run))["node"]
    assert status["failure"] == {"code": "SIMULATION_FAILED", "message": "the floor fell in"}


@pytest.mark.parametrize("text", ["", "nonsense", "UnVuOm5vbnNlbnNl", "UHJlc2V0OjEyMw", "é"])
async def test_the_node_of_an_unknown_id_is_null_without_an_error(client: Client, text: str) -> None:
    assert await client.ask("Status", run=text) == {"node": None}


async def test_outcomes_are_null_until_the_run_has_succeeded(client: Client) -> None:
    assert (await client.ask("Outcomes", run=await client.start_run()))["node"] == {"outcomes": None}


async def test_totals_are_those_of_the_result_document(client: Client, run: str) -> None:
    wanted = document(shop_result())
    read = (await client.ask("Outcomes", run=run))["node"]["outcomes"]
    for queue, of_document in zip(read["queues"], wanted["queues"], strict=True):
        total = of_document["total"]
        assert queue["id"] == of_document["id"]
        assert {name: figure["mean"] for name, figure in queue["total"].items()} == {
            "offered": total["offered"]["mean"],
            "answered": total["answered"]["mean"],
            "abandoned": total["abandoned"]["mean"],
            "serviceLevel": total["service_level"]["mean"],
            "asaSeconds": total["asa_seconds"]["mean"],
            "abandonRate": total["abandon_rate"]["mean"],
        }
        level = queue["total"]["serviceLevel"]
        lower, upper = total["service_level"]["ci"]
        assert level["confidenceInterval"] == {"lower": lower, "upper": upper}
        assert level["quantile"] == total["service_level"]["p05"]
    for team, of_document in zip(read["teams"], wanted["teams"], strict=True):
        assert team["total"]["occupancy"]["mean"] == of_document["total"]["occupancy"]["mean"]
    assert read["queues"][0]["total"]["offered"]["mean"] > 400


async def test_totals_have_quantiles_at_any_probability_and_intervals_at_any_level(client: Client, run: str) -> None:
    fields = """queues { total { offered { mean sd quantile(probability: 0.37)
        narrow: confidenceInterval(level: 0.5) { lower } wide: confidenceInterval(level: 0.99) { lower } }
        backlog { mean } } }"""
    orders, mail = (await outcomes(client, run, fields))["queues"]
    offered, estimate = orders["total"]["offered"], shop_result().queues[0].totals["offered"]
    assert (offered["quantile"], offered["sd"]) == (estimate.quantile(0.37), estimate.deviation)
    assert offered["wide"]["lower"] < offered["narrow"]["lower"] < offered["mean"]
    assert orders["total"]["backlog"] is None
    assert mail["total"]["backlog"]["mean"] >= 0


async def test_series_are_the_columns_of_the_result_document(client: Client, run: str) -> None:
    wanted = document(shop_result(), intervals=True)
    for resolution in ("INTERVAL", "DAY", "WEEK", "MONTH"):
        fields = f"""queues {{ series(measures: [OFFERED, ASA_SECONDS], resolution: {resolution})
            {{ measure start stepSeconds count starts mean sd }} }}
            teams {{ series(measures: [AGENTS], resolution: {resolution})
            {{ measure mean quantile(probability: 0.95) }} }}"""
        read = await outcomes(client, run, fields)
        for queue, of_document in zip(read["queues"], wanted["queues"], strict=True):
            columns = of_document[resolution.lower()]
            offered, asa = queue["series"]
            assert (offered["measure"], asa["measure"]) == ("OFFERED", "ASA_SECONDS")
            assert offered["starts"] == columns["start"]
            assert (offered["start"], offered["count"]) == (columns["start"][0], len(columns["start"]))
            assert (offered["mean"], offered["sd"]) == (columns["offered"]["mean"], columns["offered"]["sd"])
            assert asa["mean"] == columns["asa_seconds"]["mean"]
            steps = {"INTERVAL": 1800, "DAY": 86400, "WEEK": 604800, "MONTH": None}
            assert offered["stepSeconds"] == steps[resolution]
        for team, of_document in zip(read["teams"], wanted["teams"], strict=True):
            agents = of_document[resolution.lower()]["agents"]
            assert team["series"] == [{"measure": "AGENTS", "mean": agents["mean"], "quantile": agents["p95"]}]


async def test_a_window_holds_the_periods_that_start_in_it(client: Client, run: str) -> None:
    window = {"from": "2026-10-27T09:00:00+00:00", "to": "2026-10-27T11:00:00+01:00"}
    series = (await client.ask("Interval", run=run, **window))["node"]["outcomes"]["queues"][0]["series"]
    whole = document(shop_result(), intervals=True)["queues"][0]["interval"]
    first = whole["start"].index("2026-10-27T09:00:00+00:00")
    assert [each["start"] for each in series] == ["2026-10-27T09:00:00+00:00"] * 2
    assert [each["mean"] for each in series] == [
        whole[name]["mean"][first : first + 2] for name in ("offered", "service_level")
    ]
    assert series[1]["quantile"] == whole["service_level"]["p95"][first : first + 2]


async def test_an_empty_window_has_no_periods(client: Client, run: str) -> None:
    window = {"from": "2027-10-27T09:00:00Z", "to": "2026-10-27T11:00:00Z"}
    series = (await client.ask("Interval", run=run, **window))["node"]["outcomes"]["queues"][0]["series"]
    assert [(each["start"], each["count"], each["mean"]) for each in series] == [(None, 0, []), (None, 0, [])]


@pytest.mark.parametrize(
    ("series", "says"),
    [
        ("series(measures: [OFFERED], resolution: DAY) { quantile(probability: 0.5) }", "0.05 and 0.95"),
        (
            "series(measures: [ABANDONED], resolution: INTERVAL) { quantile(probability: 0.05) }",
            "OFFERED, SERVICE_LEVEL",
        ),
        ("series(measures: [WAIT_P90], resolution: INTERVAL) { mean }", "DAY, WEEK or MONTH"),
    ],
)
async def test_what_is_not_kept_is_refused_naming_what_is(client: Client, run: str, series: str, says: str) -> None:
    answer = await client.answer(
        f"query($run: ID!) {{ run(id: $run) {{ outcomes {{ queues {{ {series} }} }} }} }}", run=run
    )
    assert says in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_a_measure_that_a_queue_does_not_have_is_left_out_of_its_series(client: Client, run: str) -> None:
    fields = "queues { series(measures: [BACKLOG, OFFERED], resolution: DAY) { measure mean } }"
    orders, mail = (await outcomes(client, run, fields))["queues"]
    assert [series["measure"] for series in orders["series"]] == ["OFFERED"]
    assert [series["measure"] for series in mail["series"]] == ["BACKLOG", "OFFERED"]
    backlog = shop_result().queues[1].columns[Resolution.DAY]["backlog"].mean
    assert mail["series"][0]["mean"] == backlog.tolist()


@pytest.mark.parametrize("column", ["mean", "quantile(probability: 0.05)", "starts"])
async def test_an_operation_has_at_most_so_many_figures(
    client: Client, run: str, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    series = f"series(measures: [OFFERED], resolution: DAY, to: $to) {{ {column} }}"
    read = f"run(id: $run) {{ outcomes {{ queues {{ {series} }} }} }}"
    query = f"query($run: ID!, $to: DateTime) {{ a: {read} b: {read} }}"
    days = 2 * 2 * 14  # runs, queues, days
    monkeypatch.setattr("server.graphql.columns.MOST_FIGURES", days)
    assert "errors" not in await client.answer(query, run=run)
    monkeypatch.setattr("server.graphql.columns.MOST_FIGURES", days - 1)
    answer = await client.answer(query, run=run)
    assert answer["errors"][0]["extensions"]["code"] == "OVER_LIMIT"
    assert "a window with `from` and `to`" in answer["errors"][0]["message"]
    assert "errors" not in await client.answer(query, run=run, to="2026-11-08T00:00:00Z")


@pytest.mark.parametrize("field", ["confidenceInterval(level: 1) { lower }", "quantile(probability: 1.5)"])
async def test_levels_and_probabilities_lie_between_0_and_1(client: Client, run: str, field: str) -> None:
    query = f"query($run: ID!) {{ run(id: $run) {{ outcomes {{ queues {{ total {{ offered {{ {field} }} }} }} }} }} }}"
    answer = await client.answer(query, run=run)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


async def test_headcount_walks_by_week(client: Client, run: str) -> None:
    fields = "teams { id headcount(stocks: [TENURED]) { week stock mean sd } headcountFlows { week flow mean } }"
    desk, clerks = (await outcomes(client, run, fields))["teams"]
    assert (desk["headcount"], desk["headcountFlows"]) == ([], [])
    walk = document(shop_result())["teams"][1]["headcount"]
    assert clerks["headcount"] == [
        {"week": week, "stock": "TENURED", "mean": mean, "sd": sd}
        for week, mean, sd in zip(walk["week"], walk["tenured"]["mean"], walk["tenured"]["sd"], strict=True)
    ]
    assert clerks["headcount"][0] == {"week": "2026-10-26", "stock": "TENURED", "mean": 3, "sd": 0}
    left = [row["mean"] for row in clerks["headcountFlows"] if row["flow"] == "LEFT_PRODUCTION"]
    assert left == walk["left_production"]["mean"]


async def test_heads_by_week_say_how_sure_and_how_varied_they_are(client: Client, run: str) -> None:
    fields = """teams { headcountFlows(flows: [LEFT_PRODUCTION]) { mean sd low: quantile(probability: 0.05)
        high: quantile(probability: 0.95) confidenceInterval(level: 0.9) { lower upper } } }"""
    rows = (await outcomes(client, run, fields))["teams"][1]["headcountFlows"]
    told = document(shop_result())["teams"][1]["headcount"]["left_production"]
    assert [(row["low"], row["high"]) for row in rows] == list(zip(told["p05"], told["p95"], strict=True))
    assert any(row["low"] < row["high"] for row in rows)
    for row in rows:
        half = 2.131847 * row["sd"] / 5**0.5  # Student's 95 % quantile with 4 degrees of freedom
        assert row["confidenceInterval"] == pytest.approx({"lower": row["mean"] - half, "upper": row["mean"] + half})


async def test_heads_by_week_keep_two_quantiles(client: Client, run: str) -> None:
    fields = "teams { headcount { quantile(probability: 0.5) } }"
    query = f"query($run: ID!) {{ run(id: $run) {{ outcomes {{ {fields} }} }} }}"
    answer = await client.answer(query, run=run)
    assert "0.05 and 0.95, not 0.5" in answer["errors"][0]["message"]


async def test_the_scaling_report_is_that_of_the_document(client: Client, run: str) -> None:
    worst = "worstWeek { level { mean quantile(probability: 0.95) } shares { start share } }"
    steps = "steps { start rise held { mean } recovered { mean } weeks { mean } }"
    begun = "begun { start share number depth deepest lengthDays longestDays }"
    short = "shortfalls { mean } worstDepth { mean } worstLengthDays { mean }"
    queue = f"id measure {short} {worst} {steps} {begun}"
    teams = "teams { id over85Hours { mean } latestRequisition tooLateAtStart }"
    asked = await outcomes(client, run, f"scaling {{ queues {{ {queue} }} {teams} }}")
    shown = document(shop_result())["scaling"]
    for read, expected in zip(asked["scaling"]["queues"], shown["queues"], strict=True):
        assert (read["id"], read["measure"]) == (expected["id"], expected["measure"].upper())
        assert read["shortfalls"]["mean"] == expected["shortfalls"]["mean"]
        assert read["worstDepth"]["mean"] == expected["worst_shortfall"]["depth"]["mean"]
        assert read["worstLengthDays"]["mean"] == expected["worst_shortfall"]["length_days"]["mean"]
        weeks = expected["worst_week"]
        assert [week["start"] for week in read["worstWeek"]["shares"]] == weeks["start"]
        assert sum(week["share"] for week in read["worstWeek"]["shares"]) == 1
        assert read["worstWeek"]["level"] == {"mean": weeks["level"]["mean"], "quantile": weeks["level"]["p95"]}
        assert [step["start"] for step in read["steps"]] == [step["start"] for step in expected["steps"]]
        assert [list(week.values()) for week in read["begun"]] == [list(week.values()) for week in expected["begun"]]
    hours = [(team["id"], team["over_85_hours"]["mean"]) for team in shown["teams"]]
    assert [(team["id"], team["over85Hours"]["mean"]) for team in asked["scaling"]["teams"]] == hours
    latest = [(team["latest_requisition"], team["too_late_at_start"]) for team in shown["teams"]]
    assert [(team["latestRequisition"], team["tooLateAtStart"]) for team in asked["scaling"]["teams"]] == latest


async def test_without_contracts_there_is_no_money(client: Client, run: str) -> None:
    read = (await client.ask("Outcomes", run=run))["node"]["outcomes"]
    assert (read["allMet"], read["clauses"], read["cost"]) == (None, [], None)
    assert read["vendors"] == [{"id": "own", "months": []}]


async def test_the_scenarios_of_a_page_of_runs_are_read_at_once(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    async def counted(connection: Any, ids: list[UUID]) -> Any:
        asked.append(len(ids))
        return await get_scenarios(connection, ids)

    monkeypatch.setattr("server.graphql.context.get_scenarios", counted)
    for n in range(3):
        await client.start_run(await client.create_scenario(SHOP.replace("name: Shop", f"name: Shop {n}")))
    asked.clear()
    listed = await client.ask("{ runs { nodes { scenario { name } } } }")
    assert [run["scenario"]["name"] for run in listed["runs"]["nodes"]] == ["Shop 2", "Shop 1", "Shop 0"]
    assert asked == [3]


async def test_another_organisation_cannot_see_start_or_cancel_a_run(
    client: Client, database: Database, stranger: UUID
) -> None:
    run = await client.finished_run()
    scenario = (await client.ask("Status", run=run))["node"]["scenario"]["id"]
    other = client.as_stranger(stranger, await token_of(database, stranger))
    assert await other.ask("Status", run=run) == {"node": None}
    assert (await other.ask("Lists"))["runs"] == {"totalCount": 0, "nodes": []}
    assert (await other.ask("StartRun", scenario=scenario))["startRun"]["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await other.ask("CancelRun", run=run))["cancelRun"]["userErrors"][0]["code"] == "NOT_FOUND"


async def test_a_viewer_reads_but_does_not_start(client: Client, database: Database, organisation: UUID) -> None:
    scenario = await client.create_scenario()
    viewer = client.as_stranger(organisation, await token_of(database, organisation, Role.VIEWER))
    assert (await viewer.ask("Lists"))["scenarios"]["totalCount"] == 1
    answer = await viewer.answer("StartRun", scenario=scenario)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_requests_at_once_all_answer(client: Client, run: str) -> None:
    answers = await asyncio.gather(*(client.ask("Outcomes", run=run) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
