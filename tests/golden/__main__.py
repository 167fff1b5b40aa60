"""Writes all golden results anew, and the committed schema: `python -m tests.golden`.

For after a wanted change; look at the difference before it is committed.
"""

from server.graphql.schema import schema_text
from simulation.presets import presets
from tests.golden import figures, one_day
from tests.server.test_schema import COMMITTED

for preset in presets():
    figures.keep(preset.id)
one_day.FILE.write_text(one_day.text() + "\n", encoding="utf-8")
COMMITTED.write_text(schema_text(), encoding="utf-8")
