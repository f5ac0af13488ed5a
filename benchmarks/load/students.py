"""The students, as locust runs them: `python -m benchmarks.load.students --host URL --scenario lecture ... --out FILE`.

A process of its own, because locust replaces sockets and locks by those of gevent. Every request is a line of JSON in
FILE: its name, when it began, when its first event came, when it ended, when each citation came, its status, its bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, constant, events, task
from locust.env import Environment

TOPICS = (
    "a node", "a topic", "a URDF file", "a digital twin", "an action", "SLAM", "a service", "a launch file",
    "a Gazebo world", "a LiDAR", "an IMU", "a servo", "Nav2", "a publisher", "a costmap", "Isaac Sim",
)  # fmt: skip
PAGE, SCRIPTS = "/", ("/loader.js", "/chatkit.js")


class Plan:
    """What a scenario asks of one student; `begun` is when the first of them came."""

    begun = 0.0
    seconds = 60.0
    scenario = "lecture"
    students = 1
    share = 0.2
    think_s = 30.0
    records: ClassVar[list[dict[str, Any]]] = []
    come = 0
    asked = 0


class Student(FastHttpUser):
    """Opens the page, and asks as the scenario says."""

    wait_time = constant(0)
    network_timeout = 120.0
    connection_timeout = 30.0

    def on_start(self) -> None:
        """Comes at a moment of their own, and opens the page with the assistant on it."""
        Plan.come += 1
        self.chance = random.Random(Plan.come)
        self.thread, self.turns = "", 0
        if Plan.scenario == "lecture":
            self._until(self.chance.uniform(0, min(60, Plan.seconds * 0.75)))
        for path in (PAGE, *SCRIPTS, "/chatkit/config"):
            self._fetch(path)

    @task
    def live(self) -> None:
        """One question of a lecture, or one after the other."""
        if Plan.scenario == "lecture":
            if self.chance.random() < Plan.share:
                gevent.sleep(self.chance.uniform(1, 20))
                self.ask()
            self._until(Plan.seconds)
        elif Plan.scenario == "exam":
            self._exam()
        else:
            gevent.sleep(self.chance.expovariate(1 / Plan.think_s))
            self.ask()

    def _exam(self) -> None:
        """Every twenty seconds a third of all ask within three; in between they ask as always."""
        now = time.monotonic() - Plan.begun
        burst = (now // 20 + 1) * 20
        quiet = self.chance.expovariate(1 / (Plan.think_s * 3))
        if now + quiet < burst:
            gevent.sleep(quiet)
            self.ask()
        else:
            self._until(burst)
            if self.chance.random() < 1 / 3:
                gevent.sleep(self.chance.uniform(0, 3))
                self.ask()

    def _until(self, second: float) -> None:
        gevent.sleep(max(0.0, Plan.begun + second - time.monotonic()))

    def _fetch(self, path: str) -> None:
        began = time.monotonic()
        response = self.client.get(path, name=path)
        size = len(response.content or b"")
        Plan.records.append(_record("page", began, status=response.status_code, size=size))

    def ask(self) -> None:
        """Asks and hears the answer to its end; a new conversation after three questions."""
        if time.monotonic() - Plan.begun > Plan.seconds:
            gevent.sleep(1)
            return
        Plan.asked += 1
        text = f"What is {self.chance.choice(TOPICS)}? ({Plan.asked})"
        sent = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        if self.turns % 3 == 0:
            self.thread = ""
        kind = "threads.add_user_message" if self.thread else "threads.create"
        params = {"input": sent, **({"thread_id": self.thread} if self.thread else {})}
        self.turns += 1
        began = time.monotonic()
        response = self.client.post("/chatkit", json={"type": kind, "params": params}, stream=True, name="ask")
        record = _record("ask", began, status=response.status_code, question=text)
        record["ended"] = 0.0
        Plan.records.append(record)
        if response.status_code == 200:
            self._hear(response.stream, record)
        record["ended"] = time.monotonic()

    def _hear(self, stream: Any, record: dict[str, Any]) -> None:
        done = False
        while line := stream.readline(b"\n"):
            now = time.monotonic()
            record["bytes"] += len(line)
            if not line.startswith(b"data: "):
                continue
            record["first"] = record["first"] or now
            told = bytes(line)
            if b'"assistant_message.content_part.text_delta"' in told:
                record["words"] = record["words"] or now
                record["citations"] += [now] * told.count(b"[")
            elif b'"thread.created"' in told:
                self.thread = json.loads(told[6:])["thread"]["id"]
            elif b'"type":"error"' in told or b'"type": "error"' in told:
                record["error"] = told[6:300].decode(errors="replace")
            elif b'"thread.item.done"' in told and b'"assistant_message"' in told:
                done = True
        if not done and not record["error"]:
            record["error"] = "the stream ended without an answer"


def _record(name: str, began: float, *, status: int, size: int = 0, question: str = "") -> dict[str, Any]:
    return {
        "name": name, "began": began, "ended": time.monotonic(), "first": 0.0, "words": 0.0, "citations": [],
        "status": status, "bytes": size, "error": "", "question": question,
    }  # fmt: skip


def main() -> None:
    """Runs the scenario and writes what happened."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--host", required=True)
    arguments.add_argument("--scenario", required=True, choices=["lecture", "exam", "steady"])
    arguments.add_argument("--students", type=int, required=True)
    arguments.add_argument("--seconds", type=float, required=True)
    arguments.add_argument("--share", type=float, required=True)
    arguments.add_argument("--think", type=float, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    chosen = arguments.parse_args()
    Plan.scenario, Plan.students, Plan.seconds = chosen.scenario, chosen.students, chosen.seconds
    Plan.share, Plan.think_s = chosen.share, chosen.think
    environment = Environment(user_classes=[Student], events=events, host=chosen.host)
    runner = environment.create_local_runner()
    Plan.begun = time.monotonic()
    spawning = chosen.students if chosen.scenario == "lecture" else max(1.0, chosen.students / 10)
    runner.start(chosen.students, spawn_rate=spawning)
    gevent.sleep(chosen.seconds)
    ends = time.monotonic() + 60
    while time.monotonic() < ends and any(not record["ended"] for record in Plan.records):
        gevent.sleep(0.2)
    gevent.sleep(10)  # answers under way
    runner.quit()
    with chosen.out.open("w", encoding="utf-8") as file:
        for record in Plan.records:
            file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
