"""What stands in `deploy` and the workflows: that it is well formed, hardened, and names settings that there are."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from tests import code_blocks
from tests.repository import ROOT

from deploy import composed, versions
from pageside import settings
from pageside.errors import SettingsError
from pageside.settings import Settings
from pageside.web import dictated

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").rglob("*.yaml"))
OF_OPERATORS = {"Kustomization", "ServiceMonitor"}  # which have no schema in Kubernetes itself
SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vYm9keSBzaWducyB3aXRoIGl0"
PRIVATE = {"DATABASE_URL": f"postgresql://pageside:{SECRET}@database/pageside", "PAGESIDE_SECRET": SECRET}


def checked(program, *arguments):
    """What an installed checker prints; it must find nothing."""
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *map(str, arguments)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def loaded(monkeypatch, environment):
    """The settings of a process that has this environment and nothing else of ours."""
    for name in list(os.environ):
        if settings.misspelt({name: ""}) or any(name in settings.variables(f) for f in Settings.model_fields.values()):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return settings.load()


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch, tmp_path):
    """No `.env` file of the machine that runs the tests is read."""
    monkeypatch.chdir(tmp_path)


def documents(file):
    return [each for each in yaml.safe_load_all(file.read_text("utf-8")) if each]


def pods():
    """Every pod that the manifests describe, by the name of what makes it."""
    for file in MANIFESTS:
        for told in documents(file):
            spec = told.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if "containers" in spec.get("template", {}).get("spec", {}):
                yield told["metadata"]["name"], spec["template"]["spec"]


def unit(file):
    """The settings of a unit's service, the variables it sets among them."""
    lines = [line for line in file.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")]
    pairs = [line.split("=", 1) for line in lines]
    variables = dict(each.split("=", 1) for name, value in pairs if name == "Environment" for each in value.split())
    return dict(pairs), variables


# Well formed


def test_the_images_pass_their_checker():
    """As hadolint has it."""
    checked("hadolint", DEPLOY / "Dockerfile", DEPLOY / "book.Dockerfile")


def test_the_compose_files_and_workflows_are_of_their_schemas():
    """Those that check-jsonschema brings along."""
    checked("check-jsonschema", "--builtin-schema", "vendor.compose-spec", *DEPLOY.glob("compose*.yaml"))
    checked("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *ROOT.glob(".github/workflows/*.yml"))


def test_the_scripts_pass_their_checker():
    """As shellcheck has it."""
    checked("shellcheck", *DEPLOY.rglob("*.sh"), ROOT / ".ci" / "run")


def test_the_workflows_give_nothing_away():
    """As zizmor has it, at its strictest: least permissions, actions pinned by commit, no words of strangers."""
    checked("zizmor", "--offline", "--no-progress", "--persona", "auditor", ROOT / ".github" / "workflows")


def test_the_manifests_are_of_kubernetes_schemas():
    """Each document, strictly: a field that Kubernetes does not know is a mistake."""
    told = [each for file in MANIFESTS for each in documents(file) if each["kind"] not in OF_OPERATORS]
    assert len(told) > 10
    for each in told:
        kubernetes_validate.validate(each, "1.33", strict=True)


def test_kustomizations_name_files_that_there_are():
    """And where there is a kubectl, it builds them."""
    for file in (each for each in MANIFESTS if each.name == "kustomization.yaml"):
        (told,) = documents(file)
        assert {each.name for each in file.parent.glob("*.yaml")} == {*told["resources"], "kustomization.yaml"}
        if kubectl := shutil.which("kubectl"):
            built = subprocess.run([kubectl, "kustomize", file.parent], capture_output=True, text=True)
            assert built.returncode == 0, built.stderr


def test_units_are_understood_and_walled_in(tmp_path):
    """By systemd, where there is one; the programs they start are not on this machine."""
    if shutil.which("systemd-analyze") is None or not Path("/lib/systemd/system/sysinit.target").exists():
        pytest.skip("there is no systemd here")
    for file in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"/opt/pageside/bin/pageside|/usr/sbin/nginx", shutil.which("true"), file.read_text("utf-8"))
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    names = [each.name.replace("@", "@8001") for each in (DEPLOY / "systemd").iterdir()]
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for file in UNITS:  # out of 100, the lower the better
        exposed = ["systemd-analyze", "security", "--offline=true", "--threshold=20", file]
        assert subprocess.run(exposed, capture_output=True).returncode == 0, file.name


# Settings


@pytest.mark.parametrize("name", ["pageside", "migrate", "index", "prune", "backup"])
def test_services_of_the_compose_file_have_settings_that_there_are(monkeypatch, tmp_path, name):
    """A server starts with them: with the example's variables, every secret in a file of its own, and the image's."""
    made = [DEPLOY / "secrets.sh", tmp_path / "secrets"]
    subprocess.run(made, check=True)
    service = composed.services(composed.example())[name]
    machine = composed.Machine(tmp_path, {"172.30.83.2": "10.0.0.2"})

    chosen = loaded(monkeypatch, {**machine.environment(service)})

    assert chosen.environment == "production"
    assert chosen.store_url.startswith("postgresql")
    assert chosen.trusted_proxies == "10.0.0.2"


def test_a_name_that_is_no_setting_is_found(monkeypatch, tmp_path):
    """Otherwise the test above could not fail."""
    subprocess.run([DEPLOY / "secrets.sh", tmp_path / "secrets"], check=True)
    service = composed.services(composed.example())["pageside"]
    environment = composed.Machine(tmp_path, {}).environment(service, PAGESIDE_ENVIROMENT="production")

    with pytest.raises(SettingsError, match="PAGESIDE_ENVIROMENT"):
        loaded(monkeypatch, environment)


@pytest.mark.parametrize("secret", ["pageside", "pageside-owner"])
def test_manifests_have_settings_that_there_are(monkeypatch, tmp_path, secret):
    """The map of settings, and each secret as pods see it; the examples' placeholders are none that would start."""
    (config,) = documents(DEPLOY / "kubernetes/base/configuration.yaml")
    held = {e["metadata"]["name"]: e["stringData"] for e in documents(DEPLOY / "kubernetes/secrets.example.yaml")}
    for name, value in held[secret].items():
        (tmp_path / name).write_text(value.replace("change-me", SECRET), encoding="utf-8")
    environment = {**composed.image_environment(), **config["data"], "PAGESIDE_SECRETS_DIR": str(tmp_path)}

    assert loaded(monkeypatch, environment).environment == "production"
    assert config["data"]["PAGESIDE_SECRETS_DIR"] == "/run/secrets/pageside"

    (tmp_path / "PAGESIDE_SECRET").write_text(held[secret]["PAGESIDE_SECRET"], encoding="utf-8")
    with pytest.raises(SettingsError):
        loaded(monkeypatch, environment)


@pytest.mark.parametrize("file", [each for each in UNITS if unit(each)[1]], ids=lambda file: file.stem)
def test_units_have_settings_that_there_are(monkeypatch, tmp_path, file):
    """A server starts with the variables that the unit sets; the instance is its port."""
    for name, value in PRIVATE.items():
        (tmp_path / name).write_text(value, encoding="utf-8")
    _, variables = unit(file)
    variables = {name: value.replace("%i", "8001") for name, value in variables.items()}

    chosen = loaded(monkeypatch, {**variables, "PAGESIDE_SECRETS_DIR": str(tmp_path)})

    assert str(chosen.data_dir) == "/var/lib/pageside"


# Hardened


def test_containers_of_the_compose_file_are_walled_in():
    """Each with a root that cannot be written, no capability, an image of one version, and limits where it stays."""
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    for name, service in told["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert re.search(r":\S*\d", service["image"]), name
        if service["restart"] != "no":
            assert service["deploy"]["resources"]["limits"]["memory"], name
            assert service.get("healthcheck") or name == "pageside", f"{name}: only our image brings its own"
    assert told["networks"]["back"]["internal"] is True
    assert not [name for name, service in told["services"].items() if "ports" in service and name != "proxy"]


def test_pods_are_walled_in():
    """As the restricted standard of Kubernetes asks, and with a root that cannot be written."""
    told = dict(pods())
    assert set(told) == {"pageside", "pageside-migrate", "pageside-index", "pageside-prune", "pageside-backup"}
    for name, pod in told.items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod["automountServiceAccountToken"], name
        assert not pod["enableServiceLinks"], f"{name}: PAGESIDE_PORT would stop the start"
        (container,) = pod["containers"]
        wall = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["securityContext"] == wall, name
        assert container["resources"]["limits"]["memory"], name


def test_links_of_kubernetes_would_stop_the_start():
    """Which is why pods are told to have none: a service `pageside` would become the variable PAGESIDE_PORT."""
    assert settings.misspelt({"PAGESIDE_PORT": "tcp://10.0.0.1:80"})


def test_the_guide_prepares_the_compose_file(tmp_path):
    """The commands of deploy.md leave everything that the compose file asks for; its trial is a test of its own."""
    said = [block for block in code_blocks.blocks() if block.page.endswith("/deploy.md") and not block.reason]
    lines = [line for block in said if block.language == "console" for line in block.body.splitlines()]
    commands = [line.removeprefix("$ ") for line in lines]
    assert commands.pop(0) == "python deploy/try.py"
    folder = shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns(".env", "secrets", "certs"))

    for command in commands:
        subprocess.run(["sh", "-c", command], cwd=folder, check=True)

    told = composed.services(composed.example(folder / ".env"), folder / "compose.yaml")
    assert {each for service in told.values() for each in service.secrets.values()} <= {
        file.name for file in (folder / "secrets").iterdir()
    }


def test_secrets_are_made_once_and_kept_from_others(tmp_path):
    """Each in a file of its own, in a folder for its owner alone; what exists is not changed, and no two are alike."""
    folder = tmp_path / "secrets"
    subprocess.run([DEPLOY / "secrets.sh", folder], check=True)
    before = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    subprocess.run([DEPLOY / "secrets.sh", folder], check=True)

    assert {file.name: file.read_text("utf-8") for file in folder.iterdir()} == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    random = [value for value in before.values() if re.fullmatch(r"[0-9a-f]{64}\n", value)]
    assert len(random) == len(set(random)) == 7
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert {Path(each["file"]).name for each in told["secrets"].values()} <= set(before)


# Limits that have to fit one another


def test_the_proxy_takes_what_the_server_takes():
    """Bodies and times of nginx are those of the settings or more, so that the server refuses in its own words."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    plain, *streams = [int(each) * 2**20 for each in re.findall(r"client_max_body_size (\d+)m;", text)]
    defaults = {name: field.default for name, field in Settings.model_fields.items()}

    assert plain >= defaults["max_body_bytes"]
    assert len(streams) == 2
    assert min(streams) >= max(dictated.largest_body(defaults["max_audio_bytes"]), defaults["max_attachment_bytes"])
    silence = int(re.search(r"proxy_read_timeout (\d+)s;", text)[1])
    assert silence > defaults["model_timeout_s"] + defaults["question_wait_s"]


def test_whoever_ends_a_server_waits_for_its_answers():
    """The compose file, Kubernetes and systemd kill later than a server ends by itself."""
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    answers = defaults["shutdown_answers_s"]
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["pageside"]
    pod = dict(pods())["pageside"]
    (config,) = documents(DEPLOY / "kubernetes/base/configuration.yaml")
    service, variables = unit(DEPLOY / "systemd" / "pageside@.service")

    composes = float(told["environment"]["PAGESIDE_SHUTDOWN_NOTICE_S"])
    units = float(variables["PAGESIDE_SHUTDOWN_NOTICE_S"])
    idle = float(re.search(r"keepalive_timeout (\d+)s;", (DEPLOY / "proxy" / "upstream.conf").read_text("utf-8"))[1])
    assert int(told["stop_grace_period"].removesuffix("s")) >= composes + answers + 10
    assert int(service["TimeoutStopSec"]) >= units + answers + 10
    assert min(composes, units) > idle
    noticed = float(config["data"]["PAGESIDE_SHUTDOWN_NOTICE_S"])
    probe = pod["containers"][0]["readinessProbe"]
    assert pod["terminationGracePeriodSeconds"] >= noticed + answers + 10
    assert noticed > probe["periodSeconds"] * probe["failureThreshold"]


# Releases


def test_everything_bears_one_version(tmp_path):
    """That of the project; another tag is refused by every place, and a version without a date by the changelog."""
    (version,) = set(versions.stated().values())

    assert [each for each in versions.wrong(f"v{version}") if "CHANGELOG" not in each] == []
    assert len(versions.wrong("v99.0.0")) == len(versions.stated()) + 1


def test_notes_are_those_of_the_version():
    """From its heading to the next one."""
    told = "# Changelog\n\n## [1.1.0] - 2027-01-02\n\n### Added\n- This.\n\n## [1.0.0] - Unreleased\n- That.\n"

    assert versions.notes("1.1.0", told) == ("2027-01-02", "### Added\n- This.")
    assert versions.notes("1.0.0", told) == ("Unreleased", "- That.")
    assert versions.notes("1.0", told) == ("", "")


def test_what_was_not_run_is_said():
    """The trial tells of containers, and of what stands for the services of others."""
    told = "\n".join(importlib.import_module("deploy.try").NOT_RUN)

    assert all(word in told for word in ("Dockerfile", "read-only roots", "Qdrant", "resolve"))


def test_the_image_is_made_of_what_it_needs():
    """Nothing else of the project reaches its builder, and whatever it copies does."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert ignored[1] == "*"
    assert {each for line in copied for each in line.split()} == let_in
    assert all((ROOT / each).exists() for each in let_in)


def test_the_health_check_of_the_image_fails_where_nobody_answers():
    """And needs nothing but Python."""
    program, *arguments = composed.image_healthcheck()
    assert program == "python"
    (port,) = composed.free_ports(1)

    done = subprocess.run([sys.executable, *arguments], env={"APP_PORT": str(port)}, capture_output=True, text=True)

    assert done.returncode == 1
    assert "refused" in done.stderr
    assert json.dumps(arguments)  # is an array of strings, as Docker wants it
