"""A process that stands in for a service: killed, or stopped where it stands, by a test."""

from __future__ import annotations

import signal
import subprocess
from typing import Any


class Child:
    """What can be done to the process, which a subclass starts.

    Attributes:
        _process: None where it does not run.
    """

    _process: subprocess.Popen[Any] | None = None

    def stop(self) -> None:
        """Kills the process where it runs; what it kept in mind is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def halt(self) -> None:
        """Stops the process where it stands: connections are taken, and nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Lets a halted process go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
