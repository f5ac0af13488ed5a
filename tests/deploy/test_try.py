"""The services of the compose file, run as plain processes behind the machine's nginx, and tried."""

from __future__ import annotations

import importlib
import os
import shutil
from pathlib import Path

import pytest
from tests import zygote

trial = importlib.import_module("deploy.try")  # by name, for a statement cannot say `try`


def launched(arguments, environment, log):
    """As a container's entrypoint, but for the time that it takes to read the program."""
    return zygote.start(arguments, cwd=Path("/"), env=environment, stdout=log, stderr=log)


def test_the_services_of_the_compose_file_work_together(capsys):
    """Migrated, indexed and served through nginx over TLS: events one by one, files up to their limit, no figures."""
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        reason = "nginx is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    trial.main(launched)

    told = capsys.readouterr().out
    assert "events come through nginx while the model still speaks" in told
    assert "which answers" in told
    assert "Not run here" in told
