"""Where a Dask scheduler is: an address that can be used, by a program that can use it."""

import logging
import re
from importlib.util import find_spec

from server.settings import SettingsError, is_loopback
from server.workers.simulators import UnavailableError

FORM = re.compile(r"(tcp|tls)://([^/:\[\]\s]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})")

log = logging.getLogger(__name__)


def check_address(address: str) -> None:
    """Raises SettingsError, or UnavailableError without the extra; says when others could read along."""
    form = FORM.fullmatch(address)
    if form is None or not 0 < int(form[3]) <= 65535:
        raise SettingsError(f"--dask: {address!r} is no scheduler's address; write tcp://host:port or tls://host:port")
    if find_spec("distributed") is None:
        raise UnavailableError("--dask needs packages that are not installed: pip install 'springtide[cluster]'")
    if form[1] == "tcp" and not is_loopback(form[2].strip("[]")):
        log.warning(
            "%s is another machine and not TLS: scenarios and results travel there unencrypted, and whoever reaches"
            " the scheduler runs code on every worker; keep it on a private network, or use tls://", address,
        )  # fmt: skip
