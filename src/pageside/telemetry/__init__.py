"""What the server says of itself: logs, metrics, traces and errors, and none of it what readers wrote."""

from __future__ import annotations

from pageside.telemetry.context import adopt_request_id, request_id
from pageside.telemetry.logs import LogFormat, configure

__all__ = ["LogFormat", "adopt_request_id", "configure", "request_id"]
