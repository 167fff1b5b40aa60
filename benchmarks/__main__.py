"""All benchmarks, one after another, on a machine that does nothing else: `python -m benchmarks` (about an hour).

Each writes its table beside its module. With names, only those: `python -m benchmarks people settlement`.
"""

import subprocess
import sys

ALL = ("house", "settlement", "limit", "people", "floor", "reading", "proposals", "growth")

for name in sys.argv[1:] or ALL:
    if name not in ALL:
        sys.exit(f"no benchmark {name!r}; there are {', '.join(ALL)}")
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
