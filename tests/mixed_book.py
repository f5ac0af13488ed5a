"""A book of six pages about gliders, each of another kind, with what to ask of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests import printed


@dataclass(frozen=True)
class Asked:
    """A question, the sentence that answers it, and where that stands."""

    question: str
    sentence: str
    path: str
    url: str


ASKED = (
    Asked(
        "Why does a glider sink?",
        "A glider sinks because drag takes energy, and only height can pay for it.",
        "index.md",
        "/#why-gliders-sink",
    ),
    Asked(
        "How does parasitic drag grow?",
        "Parasitic drag grows with the square of the airspeed.",
        "drag.ipynb",
        "/drag#parasitic-drag",
    ),
    Asked(
        "When does a wing stall?",
        "A wing stalls when its angle of attack passes about fifteen degrees.",
        "lift.html",
        "/lift.html#stalling",
    ),
    Asked(
        "What does raising one wing tell the winch driver?",
        "Raising one wing tells the winch driver to take up the slack.",
        "ground/launch.rst",
        "/ground/launch#signals",
    ),
    Asked(
        "Who pushes the main pin home?",
        "Two people hold the wing tips while a third pushes the main pin home.",
        "ground/notes.txt",
        "/ground/notes.txt#rigging",
    ),
    Asked(
        "What does a MacCready ring tell the pilot?",
        "A MacCready ring tells the pilot how fast to fly between two thermals.",
        "polar.pdf",
        "/polar.pdf#page=2",
    ),
)

INDEX = """# Gliders

A small book about flying without an engine.
Read [the notebook](drag.ipynb#parasitic-drag), [lift](lift.html), [the launch](ground/launch.rst),
[the notes](ground/notes.txt) and [the polar](polar.pdf#page=2).

## Why gliders sink

A glider sinks because drag takes energy, and only height can pay for it.
"""

DRAG = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": ["# Drag in numbers\n", "\n", "Two kinds."]},
        {
            "id": "b",
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": "print(sum([20, 30]))",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["fifty knots\n"]}],
        },
        {
            "id": "c",
            "cell_type": "markdown",
            "metadata": {},
            "source": "## Parasitic drag\n\nParasitic drag grows with the square of the airspeed.",
        },
    ],
}

LIFT = """<!doctype html>
<html lang="en"><head><title>Lift</title><style>p { color: red }</style></head>
<body>
<nav><a href="/">Way home</a></nav>
<main>
<h1 id="lift">How lift is made</h1>
<p>A wing turns air downwards, and the air pushes the wing up. How it gets there is told under
<a href="ground/launch.html">launching</a>.
<section id="stalling"><h2>Stalling</h2>
<p>A wing stalls when its angle of attack passes about fifteen degrees.
<table><tr><th>flaps<th>speed<tr><td>up<td>forty knots<tr><td>down<td>thirty-six knots</table>
</section>
</main>
<footer>All rights reserved</footer>
<script>document.body.remove()</script>
</body></html>
"""

LAUNCH = """
Launching
=========

A winch pulls the glider up like a kite, as told in `the page on lift <../lift.html>`_.

Signals
-------

Raising one wing tells the winch driver to take up the slack.

.. warning:: Never stand in front of the cable.

.. csv-table:: Cables
   :header: kind, strength

   steel, ten kilonewtons
   rope, nine kilonewtons
"""

NOTES = """NOTES FROM THE HANGAR

The trailer is kept behind the second hangar, with its keys in the
green box by the door.

Rigging
-------

Two people hold the wing tips while a third pushes the main pin home.

- Check the pin.
- Check the tail.
"""

POLAR = printed.pdf(
    [
        [
            printed.Line("The speed polar", 740, size=20),
            *printed.prose("The polar shows how fast a glider sinks at each airspeed, in still air and without flaps."),
        ],
        [
            printed.Line("MacCready rings", 740, size=16),
            *printed.prose("A MacCready ring tells the pilot how fast to fly between two thermals."),
        ],
    ],
    title="The speed polar",
)


def write(book: Path) -> Path:
    """The book, in the folder `book`."""
    (book / "ground").mkdir(parents=True)
    (book / "index.md").write_text(INDEX, encoding="utf-8")
    (book / "drag.ipynb").write_text(json.dumps(DRAG), encoding="utf-8")
    (book / "lift.html").write_text(LIFT, encoding="utf-8")
    (book / "ground" / "launch.rst").write_text(LAUNCH, encoding="utf-8")
    (book / "ground" / "notes.txt").write_text(NOTES, encoding="utf-8")
    (book / "polar.pdf").write_bytes(POLAR)
    return book
