"""From request to award over HTTP: one client and three vendors at their terminals, a real server and a real worker."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from server.database.pool import Database
from server.store.organisations import OrganisationKind, create_organisation
from tests.cli.commands import PROGRAM
from tests.server.api import token_of
from tests.server.served import Served
from tests.server.studied import real_worker
from tests.server.tender import WORK, in_an_hour, offer

ENDS = 120.0


@dataclass
class Terminal:
    """Somebody's command line, in a folder of their own."""

    folder: Path
    environment: dict[str, str]

    async def __call__(self, *words: str, code: int = 0) -> str:
        """What `springtide` prints; what it says on stderr is in `said`."""
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, *words, cwd=self.folder, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(ENDS):
            out, err = await process.communicate()
        self.said = err.decode()
        assert process.returncode == code, self.said
        return out.decode().strip()


Terminals = Callable[[str, UUID], Awaitable[Terminal]]


@pytest.fixture
def terminals(served: Served, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminals:
    import os

    async def opened(name: str, organisation: UUID) -> Terminal:
        folder = tmp_path / name
        folder.mkdir()
        environment = {
            **os.environ,
            "SPRINGTIDE_SERVER": f"http://127.0.0.1:{served.port}",
            "SPRINGTIDE_TOKEN": await token_of(database, organisation),
        }
        return Terminal(folder, environment)

    return opened


@pytest.mark.slow
async def test_a_client_and_three_vendors_come_from_request_to_award(
    served: Served, database: Database, organisation: UUID, terminals: Terminals
) -> None:
    client = await terminals("client", organisation)
    vendors = {}
    for name in ("alder", "birch", "cedar"):
        async with database.administration() as connection:
            made = await create_organisation(connection, name=f"{name.title()} Care", kind=OrganisationKind.VENDOR)
        vendors[name] = await terminals(name, made.id)
    (client.folder / "work.yaml").write_text(WORK)
    invited = [word for name in vendors for word in ("--invite", f"{name.title()} Care")]
    request = await client(
        *("request", "create", "work.yaml", "--closes", in_an_hour(), "--replications", "6"),
        *("--stress", "more-volume", *invited),
    )
    proposals = {}
    async with real_worker(database):
        for place, (name, vendor) in enumerate(vendors.items()):
            assert request in await vendor("request", "list")
            await vendor("request", "show", request, "-o", "request.yaml")
            assert "zqclient" not in (vendor.folder / "request.yaml").read_text() + vendor.said
            others = {other.title() for other in vendors} - {name.title()}
            assert not any(other in vendor.said for other in others)
            (vendor.folder / "proposal.yaml").write_text(offer(name, agents=3 + place, number=place))
            await vendor("proposal", "check", "request.yaml", "proposal.yaml")
            proposals[name] = await vendor("proposal", "save", request, "proposal.yaml")
            await vendor("proposal", "submit", proposals[name], code=2)
            assert "test it, then submit it" in vendor.said
            await vendor("proposal", "test", proposals[name])
            assert "every clause met" in vendor.said
            assert "margin" in vendor.said
            assert "times today's rates" in await vendor("proposal", "price", proposals[name], "--margin", "0.2")
            await vendor("proposal", "submit", proposals[name])
        await vendors["cedar"]("proposal", "withdraw", proposals["cedar"])
        await client("request", "evaluate", request, code=2)
        assert "sealed until" in client.said
        await client("request", "close", request)
        await vendors["cedar"]("proposal", "submit", proposals["cedar"], code=2)
        assert "the request is closed" in vendors["cedar"].said
        parts = f"{proposals['alder']}:0.7,{proposals['birch']}:0.3"
        study = await client("request", "evaluate", request, "--mix", f"both={parts}", "--wait")
    board = json.loads(await client("request", "board", request, "--weight", "met=3", "--weight", "cost=1", "--json"))
    assert board["id"] == study
    assert [one["name"] for one in board["board"]["candidates"]] == [proposals["alder"], proposals["birch"], "both"]
    assert all(one["stresses"] for one in board["board"]["candidates"])
    assert board["scores"].keys() == {proposals["alder"], proposals["birch"], "both"}
    shown = await client("request", "board", request)
    assert "Alder Care" in shown
    assert "23.4567" not in json.dumps(board) + shown
    scenario = await client(
        "request", "award", request, f"{proposals['alder']}:0.7", f"{proposals['birch']}:0.3", "-o", "award.yaml"
    )
    won = (client.folder / "award.yaml").read_text()
    assert "alder-desk" in won
    assert "zqclient-own" in won
    assert "zqclient-incumbent" not in won
    assert scenario
    for name, outcome in (("alder", "awarded 70 %"), ("birch", "awarded 30 %"), ("cedar", "not awarded")):
        await vendors[name]("request", "show", request, "-o", "after.yaml")
        assert f"invited: {name.title()} Care, {outcome}" in vendors[name].said
