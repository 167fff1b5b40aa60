"""Reading files loads neither the compiled floor nor the people: the process that reads them begins at once."""

import subprocess
import sys


def test_no_module_of_the_room_loads_the_engine() -> None:
    program = (
        "import importlib, pkgutil, sys, simulation.history as room\n"
        "for one in pkgutil.iter_modules(room.__path__): importlib.import_module(f'{room.__name__}.{one.name}')\n"
        "print(sorted({'numba', 'simpy', 'simulation.replication', 'statsmodels'} & sys.modules.keys()))"
    )
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "[]\n"
