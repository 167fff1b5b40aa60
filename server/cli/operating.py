"""`springtide serve`, `worker`, `migrate` and `doctor`: the program as a service."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.endings import Exit


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Left out: PORT, else 8000. 0: any free one.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Worker processes to start and restart beside it.")] = 1,
) -> None:
    """Start the server: database, GraphQL and workers. Stops cleanly on Ctrl-C or SIGTERM."""
    from server.serving import serve as start
    from server.settings import Settings

    start(Settings.from_env(), host, port, workers)


def worker(
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler, tcp://host:port or tls://host:port: its cluster simulates, not this machine.",
        ),
    ] = None,
) -> None:
    """Simulate the runs that wait in the database, until told to stop."""
    from server.workers.worker import main as work

    work(dask=dask)


def migrate() -> None:
    """Bring the database to this program's schema."""
    import asyncio

    from server.administration import bring_up_to_date
    from server.settings import Settings

    applied = asyncio.run(bring_up_to_date(Settings.from_env()))
    print("\n".join(f"applied {name}" for name in applied) if applied else "nothing to apply: the schema is current")


BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(file: BackupFile) -> None:
    """Write everything in the database to a file, while the server works on."""
    import asyncio

    from server.administration import back_up
    from server.settings import Settings

    asyncio.run(back_up(Settings.from_env(), file))
    print(f"backed up to {file}, {file.stat().st_size / 1e6:.1f} MB")


def restore(file: BackupFile) -> None:
    """Bring a backup into a new, empty database and to this program's schema."""
    import asyncio

    from server.administration import restore as bring_back
    from server.settings import Settings

    applied = asyncio.run(bring_back(Settings.from_env(), file))
    print("\n".join([f"restored from {file}", *(f"applied {name}" for name in applied)]))


def doctor() -> None:
    """Check that this machine has what the program needs, and say what to do where it has not."""
    import asyncio

    from server.doctor import examine

    async def tell() -> bool:
        well = True
        async for finding in examine():
            print(finding, flush=True)
            well &= finding.good
        return well

    if not asyncio.run(tell()):
        raise SystemExit(Exit.FAILED)
