"""Who is told of traces and errors: a server on a thread that keeps whatever comes, as it comes."""

from __future__ import annotations

import gzip
import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Receiver:
    """Takes spans over OTLP/HTTP and envelopes of Sentry.

    Attributes:
        came: Every body that came, decompressed, by the path it came to.
    """

    def __init__(self) -> None:
        self.came: list[tuple[str, bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self._body()
                match self.headers.get("content-encoding"):
                    case "gzip":
                        body = gzip.decompress(body)
                    case "br":  # where the library is there, Sentry's client prefers it
                        body = importlib.import_module("brotli").decompress(body)
                receiver.came.append((self.path, body))
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def _body(self) -> bytes:
                if self.headers.get("transfer-encoding") == "chunked":
                    pieces = []
                    while size := int(self.rfile.readline(), 16):
                        pieces.append(self.rfile.read(size))
                        self.rfile.readline()
                    self.rfile.readline()
                    return b"".join(pieces)
                return self.rfile.read(int(self.headers.get("content-length", 0)))

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.address = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def spans(self) -> list[Any]:
        """Every span that came, in the order in which they ended."""
        told = [
            ExportTraceServiceRequest.FromString(body) for path, body in list(self.came) if path.endswith("/v1/traces")
        ]
        return [span for each in told for of in each.resource_spans for scope in of.scope_spans for span in scope.spans]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Every event that came for Sentry."""
        return [json.loads(body.split(b"\n")[2]) for path, body in list(self.came) if path.endswith("/envelope/")]


def attributes(span: Any) -> dict[str, Any]:
    """What a span says of itself."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}
