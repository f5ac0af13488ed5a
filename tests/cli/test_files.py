"""`pageside doctor` on the place for readers' files, and the guide that says how to put them into a bucket."""

from __future__ import annotations

import json
import re

from tests import object_store as stores
from tests import zygote
from tests.repository import ROOT

from pageside import settings

GUIDE = (ROOT / "docs" / "guides" / "store-attachments.md").read_text(encoding="utf-8")


def doctor(folder, **environment):
    """What it finds of the files, and all that it prints."""
    done = zygote.run(["doctor", "--json"], cwd=folder, env=environment)
    (found,) = [row for row in json.loads(done.stdout) if row["part"] == "files"]
    return found, done


def environment(store, **other):
    return {
        "PAGESIDE_FILES_URL": f"s3://{stores.BUCKET}/doctor",
        "PAGESIDE_FILES_ENDPOINT": store.address,
        "PAGESIDE_FILES_TIMEOUT_S": "3",
        "AWS_ACCESS_KEY_ID": stores.KEY_ID,
        "AWS_SECRET_ACCESS_KEY": stores.SECRET_KEY.get_secret_value(),
        **other,
    }


def test_a_bucket_that_can_be_written_is_on(object_store, tmp_path):
    """It is named, and its secret is not."""
    found, done = doctor(tmp_path, **environment(object_store))

    assert (found["state"], found["told"]) == ("on", "s3://files/doctor can be written")
    assert "testing" not in done.stdout + done.stderr


def test_a_bucket_that_is_not_there_is_broken(object_store, tmp_path):
    """With the reason and what to look at."""
    found, done = doctor(tmp_path, **environment(object_store, PAGESIDE_FILES_URL="s3://no-such"))

    assert (found["state"], found["told"]) == ("broken", "s3://no-such cannot be written: there is no such bucket.")
    assert "PAGESIDE_FILES_URL" in found["remedy"]
    assert done.returncode == 1


def test_a_folder_is_looked_at_and_not_made(tmp_path):
    """Nothing was kept yet."""
    found, _ = doctor(tmp_path)

    assert found["state"] == "on"
    assert not (tmp_path / ".pageside").exists()


def test_every_setting_that_the_guide_names_is_one():
    """And every one of a bucket is named there."""
    known = {name for field in settings.Settings.model_fields.values() for name in settings.variables(field)}
    said = set(re.findall(r"\b(?:PAGESIDE|CHATKIT|AWS)_[A-Z0-9_]+\b", GUIDE))

    assert said <= known
    assert {name for name in known if name.startswith(("PAGESIDE_FILES_", "AWS_"))} <= said
