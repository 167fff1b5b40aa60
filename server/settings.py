"""One frozen object, read once from the environment."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_PORT = 8000
DEFAULT_LEASE_SECONDS = 10.0
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

LONGEST_DRAIN_SECONDS = 600


class LogFormat(StrEnum):
    JSON = "json"
    TEXT = "text"


class SettingsError(ValueError):
    """A variable of the environment cannot be used."""


@dataclass(frozen=True)
class Settings:
    database_url: str | None
    """DATABASE_URL; none: the embedded PostgreSQL in the data folder."""
    data_dir: Path
    """SPRINGTIDE_DATA_DIR"""
    port: int = DEFAULT_PORT
    """PORT"""
    lease_seconds: float = DEFAULT_LEASE_SECONDS
    """SPRINGTIDE_LEASE_SECONDS: how long a silent worker keeps its run."""
    metrics_token: str | None = None
    """SPRINGTIDE_METRICS_TOKEN: who sends it may read the metrics from elsewhere."""
    oidc_issuer: str | None = None
    """OIDC_ISSUER: whose JWTs let members in, as in their claim `iss`; none: tokens are the only way in."""
    oidc_audience: str | None = None
    """OIDC_AUDIENCE: what stands for this server in the JWTs' claim `aud`."""
    oidc_client: str | None = None
    """OIDC_CLIENT_ID: what the console is called at the issuer, a public client; none: it has no sign-in of its own."""
    connections_per_client: int | None = None
    """SPRINGTIDE_CONNECTIONS_PER_CLIENT: how many one address may have open; behind a proxy all come from its own."""
    worker_metrics_port: int | None = None
    """SPRINGTIDE_WORKER_METRICS_PORT: where a worker tells its metrics and health; none: nowhere."""
    drain_seconds: float = 0.0
    """SPRINGTIDE_DRAIN_SECONDS: how long a server that was told to stop still answers, saying that it is unready."""
    log_level: str | None = None
    """SPRINGTIDE_LOG_LEVEL; none: WARNING under a server on a terminal, else INFO."""
    log_format: LogFormat | None = None
    """SPRINGTIDE_LOG_FORMAT; none: text on a terminal, else json."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        env = os.environ if environment is None else environment
        issuer, audience = _oidc(env.get("OIDC_ISSUER", "").strip(), env.get("OIDC_AUDIENCE", "").strip())
        client = env.get("OIDC_CLIENT_ID", "").strip()
        if client and not issuer:
            raise SettingsError("OIDC_ISSUER: missing, as OIDC_CLIENT_ID is there; write both, and OIDC_AUDIENCE")
        return cls(
            database_url=_database_url(env.get("DATABASE_URL", "").strip()),
            data_dir=_data_dir(env),
            port=_port(env.get("PORT", "").strip()),
            lease_seconds=_lease(env.get("SPRINGTIDE_LEASE_SECONDS", "").strip()),
            metrics_token=env.get("SPRINGTIDE_METRICS_TOKEN", "").strip() or None,
            oidc_issuer=issuer,
            oidc_audience=audience,
            oidc_client=client or None,
            connections_per_client=_connections(env.get("SPRINGTIDE_CONNECTIONS_PER_CLIENT", "").strip()),
            worker_metrics_port=_worker_metrics_port(env.get("SPRINGTIDE_WORKER_METRICS_PORT", "").strip()),
            drain_seconds=_drain(env.get("SPRINGTIDE_DRAIN_SECONDS", "").strip()),
            log_level=_log_level(env.get("SPRINGTIDE_LOG_LEVEL", "").strip()),
            log_format=_log_format(env.get("SPRINGTIDE_LOG_FORMAT", "").strip()),
        )

    @property
    def place(self) -> str:
        """Where the database is, for people."""
        return "DATABASE_URL" if self.database_url else f"the embedded PostgreSQL of {self.data_dir}"

    def as_environment(self) -> dict[str, str]:
        """The variables that give another process these settings."""
        given = {
            "SPRINGTIDE_DATA_DIR": str(self.data_dir),
            "SPRINGTIDE_LEASE_SECONDS": repr(self.lease_seconds),
            "PORT": str(self.port),
        }
        port = None if self.worker_metrics_port is None else str(self.worker_metrics_port)
        chosen = {
            "DATABASE_URL": self.database_url,
            "SPRINGTIDE_METRICS_TOKEN": self.metrics_token,
            "SPRINGTIDE_WORKER_METRICS_PORT": port,
            "SPRINGTIDE_LOG_LEVEL": self.log_level,
            "SPRINGTIDE_LOG_FORMAT": self.log_format,
        }
        return given | {name: value for name, value in chosen.items() if value}


def _database_url(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise SettingsError(
            "DATABASE_URL: not an address of PostgreSQL; write postgresql://user:password@host:5432/database"
        )
    return text or None


def _data_dir(env: Mapping[str, str]) -> Path:
    given = env.get("SPRINGTIDE_DATA_DIR", "").strip()
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/springtide")
    shared = env.get("XDG_DATA_HOME", "").strip()
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "springtide"


def _port(text: str, variable: str = "PORT") -> int:
    if not text:
        return DEFAULT_PORT
    if not text.isascii() or not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise SettingsError(f"{variable}: {text!r} is no port; write a whole number from 0 to 65535")
    return int(text)


def _worker_metrics_port(text: str) -> int | None:
    return _port(text, "SPRINGTIDE_WORKER_METRICS_PORT") if text else None


def _connections(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise SettingsError(f"SPRINGTIDE_CONNECTIONS_PER_CLIENT: {text!r} is no number; write a whole one from 1 on")
    return int(text) if text else None


def _drain(text: str) -> float:
    try:
        seconds = float(text or 0)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_DRAIN_SECONDS:
        told = f"write seconds from 0 to {LONGEST_DRAIN_SECONDS}"
        raise SettingsError(f"SPRINGTIDE_DRAIN_SECONDS: {text!r} is no time to drain; {told}")
    return seconds


def _log_format(text: str) -> LogFormat | None:
    if text and text.lower() not in list(LogFormat):
        raise SettingsError(f"SPRINGTIDE_LOG_FORMAT: {text!r} is no form; write one of {', '.join(LogFormat)}")
    return LogFormat(text.lower()) if text else None


def _lease(text: str) -> float:
    try:
        seconds = float(text or DEFAULT_LEASE_SECONDS)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 3600:
        raise SettingsError(f"SPRINGTIDE_LEASE_SECONDS: {text!r} is no lease; write seconds from 1 to 3600")
    return seconds


def _oidc(issuer: str, audience: str) -> tuple[str | None, str | None]:
    if bool(issuer) != bool(audience):
        given, missing = ("OIDC_ISSUER", "OIDC_AUDIENCE") if issuer else ("OIDC_AUDIENCE", "OIDC_ISSUER")
        raise SettingsError(f"{missing}: missing, as {given} is there; write both or neither")
    if issuer:
        _check_issuer(issuer)
    return issuer or None, audience or None


def _check_issuer(issuer: str) -> None:
    try:
        parts = urlsplit(issuer)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if "@" in issuer:
        raise SettingsError("OIDC_ISSUER: an issuer has no user and no password; write its address without them")
    if not (host and issuer.isprintable()) or parts.query or parts.fragment:
        raise SettingsError(f"OIDC_ISSUER: {issuer!r} is no issuer; write its address, https://login.example.com say")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise SettingsError("OIDC_ISSUER: an issuer is believed over https only; write its https address")


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine and no network lies between."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _log_level(text: str) -> str | None:
    if text and text.upper() not in LOG_LEVELS:
        raise SettingsError(f"SPRINGTIDE_LOG_LEVEL: {text!r} is no level; write one of {', '.join(LOG_LEVELS)}")
    return text.upper() or None
