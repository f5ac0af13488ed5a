"""Questions about the small book: rows of a question file."""

from __future__ import annotations

import json
from pathlib import Path

HIVE = "module-1-hive/week-1-parts.md"
ROWS = (
    {"id": "slots", "question": "How wide are the slots of a queen excluder?", "half": "dev", "tags": ["hive"],
     "gold": [{"path": HIVE, "quote": "A queen excluder is a grid whose slots are 4.2 mm wide."}],
     "must_include": [["4.2 mm"]]},
    {"id": "brood", "question": "What is the brood box?", "half": "test", "tags": ["hive"],
     "gold": [{"path": HIVE, "heading": "The brood box"}]},
    {"id": "smoke", "question": "Why does smoke calm bees?", "half": "dev",
     "pages": ["module-1-hive/week-2-smoke.mdx"]},
    {"id": "ripe", "question": "When is honey ripe?", "half": "test", "pages": ["module-2-harvest/week-3-honey.md"]},
    {"id": "rent", "question": "Who pays the rent of a lighthouse keeper in Norway?", "half": "dev",
     "kind": "off_topic"},
)  # fmt: skip


def write(path: Path, rows: tuple[dict[str, object], ...] = ROWS) -> Path:
    """Writes `rows` as a question file."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path
