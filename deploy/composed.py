"""What compose.yaml says, as plain processes of one machine: its commands, variables and secrets, at loopback ports."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).resolve().parent
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Service:
    """One service: what a container of it would be started with.

    Attributes:
        command: As written, without the image's entrypoint.
        secrets: The file of `secrets/` behind each file that the service sees below `/run/secrets`.
        healthcheck: The command that tells whether it is well; empty where that is the image's own, or nobody asks.
    """

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    healthcheck: tuple[str, ...]
    replicas: int


def example(file: Path = HERE / "env.example") -> dict[str, str]:
    """The variables that an environment file sets."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def services(variables: Mapping[str, str], file: Path = HERE / "compose.yaml") -> dict[str, Service]:
    """Every service of a compose file, with the variables put in.

    Raises:
        ValueError: A variable is needed and not there; the message is that of the file.
    """
    whole = _interpolated(yaml.safe_load(file.read_text(encoding="utf-8")), variables)
    files = {name: Path(told["file"]).name for name, told in whole["secrets"].items()}
    return {name: _service(name, told, files) for name, told in whole["services"].items()}


def _service(name: str, told: Mapping[str, Any], files: Mapping[str, str]) -> Service:
    secrets = [{"source": each} if isinstance(each, str) else each for each in told.get("secrets", ())]
    return Service(
        name=name,
        image=told["image"],
        command=tuple(told.get("command", ())),
        environment=told.get("environment", {}),
        secrets={each.get("target", each["source"]): files[each["source"]] for each in secrets},
        healthcheck=tuple(told.get("healthcheck", {}).get("test", ())),
        replicas=int(told.get("deploy", {}).get("replicas", 1)),
    )


def _interpolated(told: Any, variables: Mapping[str, str]) -> Any:
    def put(found: re.Match[str]) -> str:
        value = variables.get(found["name"], "")
        if not value and found["kind"] == "?":
            raise ValueError(f"{found['name']}: {found['rest']}")
        return value or (found["rest"] or "" if found["kind"] == "-" else "")

    match told:
        case str():
            return _VARIABLE.sub(put, told)
        case dict():
            return {name: _interpolated(each, variables) for name, each in told.items()}
        case list():
            return [_interpolated(each, variables) for each in told]
        case _:
            return told


@dataclass(frozen=True, slots=True)
class Machine:
    """Where on this machine is what containers find elsewhere.

    Attributes:
        folder: For what each service sees as its own.
        places: What stands for each text of the compose file or of a secret, such as an address or a folder.
    """

    folder: Path
    places: Mapping[str, str]

    def placed(self, text: str) -> str:
        """`text` with the places of this machine."""
        for there, here in self.places.items():
            text = text.replace(there, here)
        return text

    def secrets(self, service: Service) -> Path:
        """A folder that holds what the service sees as `/run/secrets`."""
        folder = self.folder / "run" / service.name
        folder.mkdir(parents=True, exist_ok=True)
        for target, source in service.secrets.items():
            if (folder / target).exists():  # a process may be reading it
                continue
            held = (self.folder / "secrets" / source).read_text(encoding="utf-8")
            (folder / target).write_text(self.placed(held), encoding="utf-8")
        return folder

    def environment(self, service: Service, **more: str) -> dict[str, str]:
        """The variables of the service, and of this process what programs need to run at all."""
        own = {name: self.placed(str(value)) for name, value in service.environment.items()}
        own = {name: value.replace("/run/secrets", str(self.secrets(service))) for name, value in own.items()}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, **image_environment(), "PAGESIDE_DATA_DIR": str(self.folder / "data"), **own, **more}

    def arguments(self, service: Service) -> list[str]:
        """The command of the service, with the places of this machine."""
        seen = str(self.secrets(service))
        return [self.placed(each).replace("/run/secrets", seen) for each in service.command]


def image_environment(file: Path = HERE / "Dockerfile") -> dict[str, str]:
    """The variables that the last stage of the image sets, without its path."""
    last = re.sub(r"\\\n\s*", "", file.read_text(encoding="utf-8")).rpartition("\nFROM ")[2]
    lines = [line.removeprefix("ENV ") for line in last.splitlines() if line.startswith("ENV ")]
    pairs = dict(pair.split("=", 1) for line in lines for pair in line.split())
    return {name: value for name, value in pairs.items() if name != "PATH"}


def image_healthcheck(file: Path = HERE / "Dockerfile") -> list[str]:
    """The command by which the image tells whether it is well."""
    found = re.search(r"HEALTHCHECK .*?CMD (\[.*?\])\n", file.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    command = yaml.safe_load(found[1])
    assert isinstance(command, list)
    return command


def free_ports(count: int) -> Sequence[int]:
    """Ports of this machine that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
