"""What an operator does about programs that read by SQL."""

from server.database.opening import database_url
from server.database.pool import Database, act_for
from server.database.reader_logins import drop_login, make_login, new_login
from server.operators import AdministrationError, find, opened, operator
from server.settings import Settings
from server.store import audit, readers
from server.store.audit import AuditAction, Subject
from server.store.readers import Reader


async def create_reader(settings: Settings, organisation: str) -> tuple[str, str]:
    """A login of one organisation and its password, which is kept nowhere."""
    login, password = new_login()
    async with database_url(settings) as url, Database.open(url, connections=1) as database:
        async with database.administration() as connection:
            found = await find(connection, organisation)
        await make_login(url, login, password)  # without a row it sees nothing
        async with database.administration() as connection:
            await readers.add_reader(connection, found.id, login)
            await act_for(connection, found.id)
            subject = Subject("Organisation", found.id)
            await audit.record(connection, operator(), AuditAction.CREATE_READER, subject, login=login)
    return login, password


async def list_readers(settings: Settings) -> list[Reader]:
    async with opened(settings) as database, database.administration() as connection:
        return await readers.list_readers(connection)


async def remove_reader(settings: Settings, login: str) -> None:
    async with (
        database_url(settings) as url,
        Database.open(url, connections=1) as database,
        database.administration() as connection,
    ):
        known = {reader.login: reader.organisation for reader in await readers.list_readers(connection)}
        if login not in known:
            raise AdministrationError(f"there is no reader {login!r}; `springtide reader list` names them all")
        found = await find(connection, known[login])
        await readers.remove_reader(connection, login)
        await act_for(connection, found.id)
        subject = Subject("Organisation", found.id)
        await audit.record(connection, operator(), AuditAction.REMOVE_READER, subject, login=login)
        await drop_login(url, login)  # before the row is gone for good, or nobody could try again
