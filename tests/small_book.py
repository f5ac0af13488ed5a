"""A book of four pages, small enough to index in a second, with something of everything."""

from __future__ import annotations

from pathlib import Path

PAGES = {
    "intro.md": """---
title: Keeping bees
sidebar_position: 1
---

# Keeping bees

A colony of honey bees is one animal made of many.
This book shows how to look after a hive through a year.
""",
    "module-1-hive/week-1-parts.md": """---
title: The parts of a hive
sidebar_position: 1
---

# The parts of a hive

## The brood box

The brood box is the lowest box of the hive, where the queen lays her eggs.
It holds eleven frames of wax comb.

## The queen excluder {#excluder}

A queen excluder is a grid whose slots are 4.2 mm wide.
Workers pass through the slots, but the queen is too broad for them.
It keeps eggs out of the honey.

:::warning[Never in winter]
Take the queen excluder out before winter, or the queen will be left behind in the cold.
:::

## The supers

Supers are shallow boxes in which the bees store honey.

| Part | Frames | Height |
|---|---|---|
| Brood box | 11 | 225 mm |
| Super | 10 | 150 mm |
""",
    "module-1-hive/week-2-smoke.mdx": """---
title: Opening the hive
sidebar_position: 2
---

import Quiz from '@site/src/components/Quiz';

## Why does smoke calm bees?

Smoke masks the alarm scent that guard bees give off.
It also makes workers fill themselves with honey, and a full bee is slow to sting.

```python
def puffs(colonies: int) -> int:
    return 3 * colonies
```

<Quiz questions={[{question: "What is masked?", options: ["The scent of wax", "The alarm scent"], answer: 1}]} />
""",
    "module-2-harvest/week-3-honey.md": """---
title: Harvesting honey
sidebar_position: 1
---

## When honey is ripe

Honey is ripe when its water content is below 18 percent.
Bees close a ripe cell with a lid of wax.

## The extractor

An extractor spins the frames, and the honey flies out against its wall.
See [the supers](../module-1-hive/week-1-parts.md#the-supers) for the frames.
""",
}


def write(folder: Path) -> Path:
    """Writes the pages below `folder` and gives it back."""
    for name, text in PAGES.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    return folder
