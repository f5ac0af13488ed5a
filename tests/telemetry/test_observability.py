"""The dashboard, the alert rules and the scrape example: every metric exists, every rule fires when it should."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.repository import ROOT

from pageside.telemetry import metrics

FOLDER = ROOT / "deploy" / "observability"
GUIDE = ROOT / "docs" / "guides" / "observability.md"
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
RULES = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
OF_OTHERS = {"up"}
# What Grafana puts in.
VARIABLES = {"$__rate_interval": "1m", "$job": ".*", "$book": ".*"}


@pytest.fixture(scope="module")
def promtool():
    program = shutil.which("promtool")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is missing: apt-get install prometheus")
        pytest.skip("promtool is not installed here; it comes with Debian's package `prometheus`")
    return program


def run(program: str, *arguments: object, cwd: Path) -> None:
    done = subprocess.run([program, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def panels():
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> dict[str, str]:
    """Every expression of the dashboard and the rules, by where it stands."""
    drawn = {f"{panel['title']} {target['refId']}": target["expr"] for panel in panels() for target in panel["targets"]}
    for variable, value in VARIABLES.items():
        drawn = {place: told.replace(variable, value) for place, told in drawn.items()}
    return {**drawn, **{rule["alert"]: rule["expr"] for rule in RULES}}


def samples() -> dict[str, set[str]]:
    """The labels of every series that a server may give, by its name."""
    known = {}
    for each in metrics.DECLARED:
        labels = {*each.labels, "job", "instance"}
        if each.kind == "histogram":
            known |= {f"{each.name}_{part}": labels for part in ("sum", "count")}
            known[f"{each.name}_bucket"] = labels | {"le"}
        else:
            known[each.name] = labels
    for family in metrics.REGISTRY.collect():
        for sample in family.samples:
            known.setdefault(sample.name, {*sample.labels, "job", "instance"})
    return known


@pytest.mark.parametrize("place", expressions())
def test_every_metric_exists_with_its_labels(place):
    """A panel or a rule that names what is not there would be empty for ever, and silent."""
    expression, known = expressions()[place], samples()
    named = re.findall(r"\b((?:pageside|process|python)_\w+)(?:\{([^}]*)\})?", expression)

    assert named or any(other in expression for other in OF_OTHERS)
    for name, labels in named:
        assert name in known, name
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", labels)) <= known[name], expression
    for grouped in re.findall(r"\bby \(([^)]*)\)", expression):
        every = set().union(*(known[name] for name, _ in named))
        assert {label.strip() for label in grouped.split(",")} <= every, expression


def test_every_metric_of_ours_is_looked_at():
    """On the dashboard: what nobody sees need not be counted."""
    looked_at = " ".join(expressions().values())
    parts = {each.name: (f"{each.name}_bucket" if each.kind == "histogram" else each.name) for each in metrics.DECLARED}

    assert [name for name, part in parts.items() if not re.search(rf"\b{part}\b", looked_at)] == []


def test_every_expression_can_be_read(promtool, tmp_path):
    """By Prometheus itself."""
    rules = [{"record": f"x:{number}", "expr": told} for number, told in enumerate(expressions().values())]
    (tmp_path / "all.yml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}), encoding="utf-8")

    run(promtool, "check", "rules", "all.yml", cwd=tmp_path)


def test_every_rule_fires_when_it_should(promtool, tmp_path):
    """And not when all is well."""
    shutil.copy(FOLDER / "alerts.yml", tmp_path)
    shutil.copy(Path(__file__).with_name("alerts_test.yml"), tmp_path)

    run(promtool, "check", "rules", "alerts.yml", cwd=tmp_path)
    run(promtool, "test", "rules", "alerts_test.yml", cwd=tmp_path)


def test_every_rule_is_tried_both_ways():
    """In the file of their tests each stands where it fires and where it is silent."""
    tried = yaml.safe_load(Path(__file__).with_name("alerts_test.yml").read_text(encoding="utf-8"))
    cases = [case for test in tried["tests"] for case in test["alert_rule_test"]]

    for rule in RULES:
        assert {bool(case.get("exp_alerts")) for case in cases if case["alertname"] == rule["alert"]} == {True, False}


def test_the_scrape_example_can_be_read(promtool, tmp_path):
    """With the rules beside it."""
    for name in ("prometheus.yml", "alerts.yml"):
        shutil.copy(FOLDER / name, tmp_path)

    run(promtool, "check", "config", "--syntax-only", "prometheus.yml", cwd=tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_leads_to_what_to_do(rule):
    """Its paragraph of the guide has its name; what is urgent says so."""
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")

    assert ROOT / page == GUIDE
    assert f"### {rule['alert']}\n" in GUIDE.read_text(encoding="utf-8")
    assert anchor == rule["alert"].lower()
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_the_dashboard_can_be_imported():
    """It names nobody's data source, its panels have ids and places of their own, and each says what it shows."""
    whole = DASHBOARD["panels"]
    cells = [
        (x, y)
        for panel in whole
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len({panel["id"] for panel in whole}) == len(whole)
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    for panel in panels():
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["description"]


def test_the_reference_is_generated():
    """`docs/reference/metrics.md` says exactly what is declared."""
    assert metrics.table() in (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("declared", metrics.DECLARED, ids=lambda each: each.name)
def test_a_metric_says_its_unit(declared):
    """Seconds, bytes and millionths stand in the name and in the help; counters end in `_total`; no label is an id."""
    assert declared.name.startswith("pageside_")
    assert declared.name.endswith("_total") == (declared.kind == "counter")
    assert (declared.kind == "histogram") <= declared.name.endswith("_seconds")
    for unit in ("seconds", "bytes", "millionths"):
        assert (unit in declared.name) <= (unit in declared.told.lower())
    assert not set(declared.labels) & {"id", "reader", "thread", "path", "url", "question", "request_id"}
