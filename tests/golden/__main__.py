"""Writes golden results, the committed schema and the list of the console's modules anew: `python -m tests.golden`.

For after a wanted change; look at the difference before it is committed.
"""

from server.graphql.schema import schema_text
from server.pages import CONSOLE
from simulation.presets import presets
from tests.console.modules import with_preloads
from tests.golden import figures, one_day
from tests.server.test_schema import COMMITTED

for preset in presets():
    figures.keep(preset.id)
one_day.FILE.write_text(one_day.text() + "\n", encoding="utf-8")
COMMITTED.write_text(schema_text(), encoding="utf-8")
PAGE = CONSOLE / "index.html"
PAGE.write_text(with_preloads(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
