"""What our processes are called in `ps`, and that none outlives its parent."""

import ctypes
import os
import signal
import sys
import threading
import time

from setproctitle import setproctitle

_PR_SET_PDEATHSIG = 1
_PARENT_CHECK_SECONDS = 1.0


def name_process(title: str) -> None:
    setproctitle(f"springtide {title}")


def die_with(parent: int, with_signal: signal.Signals = signal.SIGKILL) -> None:
    """Have this process sent `with_signal` as soon as process `parent` is gone."""
    if sys.platform == "linux":
        # the kernel watches, so that even a killed parent leaves nothing behind
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, with_signal), daemon=True).start()
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), with_signal)


def _watch(parent: int, with_signal: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_CHECK_SECONDS)
    os.kill(os.getpid(), with_signal)


def begin_simulating(parent: int) -> None:
    """In a child: Ctrl-C is the parent's to hear, and nothing outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    name_process("simulate")
    die_with(parent)


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
