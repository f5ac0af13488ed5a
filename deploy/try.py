"""Runs the services of compose.yaml as plain processes of this machine, tries them, and says what was not tried.

    python deploy/try.py

PostgreSQL, Valkey and a stand-in for Qdrant are those of the tests; nginx is the machine's own. Commands, variables,
secrets, roles of the database, health checks and nginx.conf are those of the containers. It takes about a minute.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final

import httpx2
import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.composed import HERE, Machine, Service  # noqa: E402
from tests import databases, small_book, valkey  # noqa: E402
from tests.chatkit_client import message  # noqa: E402
from tests.scripted_openai import ScriptedOpenAI  # noqa: E402

from deploy import composed  # noqa: E402

NOT_RUN: Final = (
    "the image: Dockerfile is checked by hadolint, and its stages were not built",
    "what containers wall off: read-only roots, dropped capabilities, networks, limits of memory and processors",
    "the images of PostgreSQL, Qdrant, Valkey and nginx: other versions stand for them, and for Qdrant a stand-in",
    "proxy/upstream.conf: `resolve` asks Docker for names; the processes are listed by port instead",
    "restarts, and the order of `depends_on`, which is the order things are done in here",
    "the health checks of the proxy, Valkey and Qdrant, which use programs of their images",
)
QUESTION: Final = "How wide are the slots of a queen excluder?"
SAID: Final = "A queen excluder is a grid whose slots are 4.2 mm wide [1]. "
LARGEST_FILE: Final = 10_000_000
_PATIENCE_S: Final = 120.0
_POLL_S: Final = 0.05

Started = Any  # what `Launch` gives has `poll`, `wait`, `terminate` and `pid`, as `subprocess.Popen` has
Launch = Callable[[Sequence[str], Mapping[str, str], IO[str]], Started]


class Failed(Exception):
    """Something is not as it should be."""


def launched(arguments: Sequence[str], environment: Mapping[str, str], log: IO[str]) -> Started:
    """A `pageside` process of the installation that runs this."""
    program = Path(sys.executable).with_name("pageside")
    return subprocess.Popen([program, *arguments], env=environment, stdout=log, stderr=log, cwd="/")


class Database(databases.Postgres):
    """PostgreSQL as its image makes it: a superuser, an empty database, and what `postgres/roles.sh` does then."""

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(databases.PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        options = ["-A", "scram-sha-256", "-E", "UTF8", "--no-sync", "-U", databases.SUPERUSER]
        self._run("initdb", "-D", str(self.folder / "data"), *options, "--pwfile", str(password), own=True)
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(databases.CONFIGURATION)
        self.start()

    def prepared(self, service: Service, secrets: Path) -> None:
        """Does what the image does when its volume is empty."""
        name = service.environment["POSTGRES_DB"]
        self.sql(f"create database {name}")
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGPASSWORD": databases.PASSWORD, "POSTGRES_DB": name}
        path = f"{self._binaries}:{os.environ['PATH']}"
        subprocess.run(
            [HERE / "postgres" / "roles.sh"], env={**place, "PATH": path, "SECRETS": str(secrets)}, check=True
        )

    def well(self, service: Service) -> bool:
        """What the service's own health check says."""
        _, program, *arguments = service.healthcheck
        return not subprocess.run([self._binaries / program, *arguments, "-p", str(self.port)], check=False).returncode


class Stack:
    """All services, running."""

    def __init__(self, folder: Path, *, model: str, launch: Launch) -> None:
        self.folder = folder
        self._launch = launch
        self._http, self.https, self._qdrant, self._valkey, *self.ports = composed.free_ports(6)
        self.origin = f"https://127.0.0.1:{self.https}"
        variables = {**composed.example(), "PUBLIC_URL": self.origin, "REPLICAS": "2", "OPENAI_BASE_URL": model}
        self.services = composed.services(variables)
        self.servers: list[Started] = []
        self.logs: list[Path] = []
        self.tls: ssl.SSLContext | None = None
        self.machine = Machine(folder, {})

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything is started in the order that the compose file gives, and ended in the other one."""
        with ExitStack() as stack:
            self._secrets()
            database = Database(databases._installed())
            stack.callback(database.remove)
            self.machine = Machine(
                self.folder,
                {
                    "database:5432": f"127.0.0.1:{database.port}",
                    "qdrant:6333": f"127.0.0.1:{self._qdrant}",
                    "valkey:6379": f"127.0.0.1:{self._valkey}",
                    "172.30.83.2": "127.0.0.1",
                    "/book": str(small_book.write(self.folder / "book")),
                },
            )
            database.prepared(self.services["database"], self.machine.secrets(self.services["database"]))
            _check(database.well(self.services["database"]), "the database's health check says that it is well")
            self._start_valkey(stack)
            self._start_qdrant(stack)
            self._done("migrate", times=2)
            self._done("index")
            self._done("prune")
            self._done("backup")
            for number, port in enumerate(self.ports):
                self._serve(stack, number, port)
            for number, port in enumerate(self.ports):
                self._well(number, port)
            self._proxy(stack)
            yield

    def _secrets(self) -> None:
        subprocess.run([HERE / "secrets.sh", self.folder / "secrets"], check=True)
        (self.folder / "secrets" / "openai_key").write_text("sk-not-a-key\n", encoding="utf-8")

    def _start_valkey(self, stack: ExitStack) -> None:
        program, *arguments = self.machine.arguments(self.services["valkey"])
        _check(program == "valkey-server", "Valkey is started by its own program")
        place = ["--port", str(self._valkey), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        with (self.folder / "valkey.log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen([valkey._installed(), *arguments, *place], stdout=log, stderr=log)
        stack.callback(_ended, process)

    def _start_qdrant(self, stack: ExitStack) -> None:
        held = yaml.safe_load((self.folder / "secrets" / "qdrant.yaml").read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "tests.qdrant_process", str(self._qdrant), held["service"]["api_key"]]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
        stack.callback(process.communicate)
        _until(lambda: _answers(f"http://127.0.0.1:{self._qdrant}/_told"), "Qdrant's stand-in answers")

    def _done(self, name: str, *, times: int = 1) -> None:
        """Runs a service to its end, several at once where `times` says so."""
        service = self.services[name]
        with (self.folder / f"{name}.log").open("w+", encoding="utf-8", errors="replace") as log:
            started = [
                self._launch(self.machine.arguments(service), self.machine.environment(service), log)
                for _ in range(times)
            ]
            codes = [each.wait(timeout=_PATIENCE_S) for each in started]
            log.seek(0)
            _check(not any(codes), f"`pageside {' '.join(service.command)}` ends well, {times} at once", log.read())

    def _serve(self, stack: ExitStack, number: int, port: int) -> None:
        service = self.services["pageside"]
        environment = self.machine.environment(service, APP_PORT=str(port))
        self.logs.append(self.folder / f"server-{number}.log")
        log = stack.enter_context(self.logs[-1].open("w", encoding="utf-8"))
        process = self._launch(self.machine.arguments(service), environment, log)
        stack.callback(_ended, process)
        self.servers.append(process)

    def _well(self, number: int, port: int) -> None:
        process, log = self.servers[number], self.logs[number]
        environment = self.machine.environment(self.services["pageside"], APP_PORT=str(port))
        program, *arguments = composed.image_healthcheck()
        _check(program == "python", "the image's health check needs Python alone")

        def well() -> bool:
            if process.poll() is not None:
                raise Failed(f"a server ended: {log.read_text(encoding='utf-8')}")
            asked = [sys.executable, *arguments]
            return not subprocess.run(asked, env=environment, capture_output=True, check=False).returncode

        _until(well, "the image's health check says that a server is well")

    def _proxy(self, stack: ExitStack) -> None:
        conf = self.folder / "nginx"
        (conf / "proxy" / "extra").mkdir(parents=True)
        shutil.copy(HERE / "nginx.conf", conf)
        processes = "".join(f" server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in self.ports)
        shared = _within((HERE / "proxy" / "upstream.conf").read_text(encoding="utf-8"), "upstream pageside {", "}")
        kept = [line for line in shared.splitlines() if not line.strip().startswith(("server ", "#"))]
        upstream = "\n".join(["upstream pageside {", *kept, processes, "}"])
        (conf / "proxy" / "upstream.conf").write_text(upstream, encoding="utf-8")
        certificate = self._certificate()
        for source, target in (("tls.conf", "listen.conf"), ("redirect.conf", "extra/redirect.conf")):
            told = (HERE / "proxy" / source).read_text(encoding="utf-8")
            told = told.replace("/etc/nginx/certs", str(certificate.parent))
            told = told.replace("listen 8443", f"listen 127.0.0.1:{self.https}")
            told = told.replace("listen 8080", f"listen 127.0.0.1:{self._http}")
            (conf / "proxy" / target).write_text(told, encoding="utf-8")
        self.tls = ssl.create_default_context(cafile=certificate)
        prefix = self.folder / "proxied"
        prefix.mkdir()
        who = "user root; " if os.geteuid() == 0 else ""
        command = ["nginx", "-p", str(prefix), "-c", str(conf / "nginx.conf"), "-g", f"{who}daemon off;"]
        written, _, rest = " ".join(self.services["proxy"].command).partition(" -p /tmp -c /etc/nginx/nginx.conf -g ")
        _check(written == "nginx" and rest == "daemon off;", "nginx is started as the compose file says")
        with (self.folder / "proxy.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PATH": _paths()})
        stack.callback(_ended, process, signal.SIGQUIT)
        with self.reader() as http:
            _until(lambda: _answers(f"{self.origin}/health/live", http), "nginx answers over TLS")

    def _certificate(self) -> Path:
        folder = self.folder / "certs"
        folder.mkdir()
        chain, key = folder / "fullchain.pem", folder / "privkey.pem"
        subject = ["-subj", "/CN=pageside", "-addext", "subjectAltName=IP:127.0.0.1"]
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command = [*made, "-keyout", key, "-out", chain, "-days", "2", *subject]
        subprocess.run(command, check=True, capture_output=True)
        return chain

    def reader(self, **more: Any) -> httpx2.Client:
        """Somebody's browser, at the address that readers use."""
        return httpx2.Client(base_url=self.origin, verify=self.tls or True, timeout=_PATIENCE_S, **more)

    @property
    def plain(self) -> str:
        """The unencrypted address."""
        return f"http://127.0.0.1:{self._http}"


def tried(stack: Stack, openai: ScriptedOpenAI) -> None:
    """Tries what readers, operators and strangers do.

    Raises:
        Failed: Something is not as it should be.
    """
    with stack.reader() as http:
        http.get("/").raise_for_status()
        _check("pageside_guest" in http.cookies, "a guest is known by a cookie, which travels over TLS alone")
        _streams(http, openai)
        _answers_whole(http, openai)
        _takes_files(http)
        _keeps_to_itself(stack, http)
        _goes_on_without_one(stack, http, openai)
    for server in stack.servers:
        server.terminate()
        code = server.wait(timeout=_PATIENCE_S)
        _check(code in {0, -signal.SIGTERM}, f"a server that is told to end does so by itself ({code})")


def _streams(http: httpx2.Client, openai: ScriptedOpenAI) -> None:
    """The model says a sentence and then waits: whoever hears that sentence now was not made to wait for the end."""
    openai.say(SAID, "Workers pass ", fault="hold")
    with http.stream("POST", "/chatkit", json=_asked(), headers={"Accept-Encoding": "gzip"}) as answer:
        _check(answer.headers["content-type"].startswith("text/event-stream"), "an answer is a stream of events")
        _check("content-encoding" not in answer.headers, "which nothing compresses")
        heard, count = "", 0
        for line in answer.iter_lines():
            heard += line
            count += line.startswith("data: ")
            if "4.2 mm" in line and "text_delta" in line:
                break
        held = openai.asked.is_set() and not openai.requests[-1].done.is_set()
        told = f"{count} events come through nginx while the model still speaks"
        _check("4.2 mm" in heard and held, told, heard)


def _answers_whole(http: httpx2.Client, openai: ScriptedOpenAI) -> None:
    openai.say(SAID)
    events = _told(http.post("/chatkit", json=_asked()))
    answers = [each["item"] for each in events if each["type"] == "thread.item.done"]
    answers = [each for each in answers if each["type"] == "assistant_message"]
    _check("4.2 mm" in json.dumps(answers), "a question is answered")
    _check(bool(answers[0]["content"][0]["annotations"]), "with the place in the book, out of Qdrant's stand-in")


def _takes_files(http: httpx2.Client) -> None:
    def announced(size: int) -> httpx2.Response:
        params = {"name": "notes.txt", "size": size, "mime_type": "text/plain"}
        return http.post("/chatkit", json={"type": "attachments.create", "params": params})

    whole = b"a note on bees\n" * (LARGEST_FILE // 15 + 1)
    told = announced(LARGEST_FILE).raise_for_status().json()["upload_descriptor"]
    _check(told["url"].startswith(str(http.base_url).rstrip("/")), "files go to the address that readers use")
    put = {"method": told["method"], "url": told["url"], "headers": told["headers"]}
    over = http.request(**put, content=whole[: LARGEST_FILE + 1])
    _check(over.status_code == 413 and "request_id" in over.json(), "the server refuses a byte more, in its own words")
    kept = http.request(**put, content=whole[:LARGEST_FILE])
    _check(kept.is_success, f"a file of {LARGEST_FILE:,} bytes is taken", kept.text)
    _check(announced(LARGEST_FILE + 1).status_code == 413, "a larger one is not even announced")
    flood = http.request(**put, content=whole * 2)
    _check(flood.status_code == 413 and flood.json()["code"] == "too_large", "nginx refuses a flood, as a problem too")


def _keeps_to_itself(stack: Stack, http: httpx2.Client) -> None:
    token = (stack.folder / "secrets" / "metrics_token").read_text(encoding="utf-8").strip()
    bearer = {"Authorization": f"Bearer {token}"}
    inside = httpx2.get(f"http://127.0.0.1:{stack.ports[0]}/metrics", headers=bearer)
    _check(inside.is_success and "# TYPE" in inside.text, "figures are told to whoever has the token, inside")
    for path in ("/metrics", "//metrics", "/x/../metrics", "/%6detrics"):
        asked = httpx2.Request("GET", f"{stack.origin}{path}", headers=bearer, extensions={"target": path.encode()})
        _check(http.send(asked).status_code == 404, f"and to nobody outside, by {path}")
    sent_on = httpx2.get(f"{stack.plain}/intro?a=b", headers={"Host": "book.example.org"})
    _check(sent_on.headers.get("location") == "https://book.example.org/intro?a=b", "HTTP is sent on to HTTPS")
    page = http.get("/chatkit.js", headers={"Accept-Encoding": "gzip"})
    _check("content-encoding" in page.headers, "what is not a stream is compressed")
    log = (stack.folder / "proxy.log").read_text(encoding="utf-8")
    _check("token=" not in log and '"path":"/chatkit"' in log, "nginx logs requests, and nobody's permits", log)
    everything = "".join(each.read_text(encoding="utf-8") for each in stack.logs) + log
    secrets = [each.read_text(encoding="utf-8").strip() for each in (stack.folder / "secrets").iterdir()]
    _check(not any(each in everything for each in secrets if len(each) > 30), "no log holds a secret")


def _goes_on_without_one(stack: Stack, http: httpx2.Client, openai: ScriptedOpenAI) -> None:
    server = stack.servers[0]
    os.kill(server.pid, signal.SIGKILL)
    server.wait(timeout=_PATIENCE_S)
    for _ in range(4):
        _check(http.get("/health/live").is_success, "requests go to the server that is left")
    openai.say(SAID)
    _check("4.2 mm" in json.dumps(_told(http.post("/chatkit", json=_asked()))), "which answers")
    stack.servers.remove(server)


def _asked() -> dict[str, Any]:
    return {"type": "threads.create", "params": {"input": message(QUESTION)}}


def _told(answer: httpx2.Response) -> list[dict[str, Any]]:
    answer.raise_for_status()
    return [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]


def _check(holds: bool, what: str, otherwise: str = "") -> None:
    if not holds:
        raise Failed(f"not so: {what} {otherwise}")
    print(f"  ✔ {what}", flush=True)


def _until(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > ends:
            raise Failed(f"not so within {_PATIENCE_S:.0f} seconds: {what}")
        time.sleep(_POLL_S)
    _check(True, what)


def _answers(url: str, http: httpx2.Client | None = None) -> bool:
    try:
        return (http.get(url) if http else httpx2.get(url)).is_success
    except httpx2.TransportError:
        return False


def _ended(process: Started, number: int = signal.SIGTERM) -> None:
    if process.poll() is None:
        os.kill(process.pid, number)
        process.wait(timeout=_PATIENCE_S)


def _within(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


def _paths() -> str:
    return f"{os.environ['PATH']}:/usr/sbin"


def main(launch: Launch = launched) -> None:
    """Runs and tries all of it.

    Raises:
        Failed: Something is not as it should be.
    """
    if shutil.which("nginx", path=_paths()) is None:
        raise FileNotFoundError("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="pageside-try-") as folder, ScriptedOpenAI() as openai:
        stack = Stack(Path(folder), model=openai.base_url, launch=launch)
        with stack.running():
            tried(stack, openai)
    print("Not run here, for there are no containers:", *NOT_RUN, sep="\n  - ")


if __name__ == "__main__":
    main()
