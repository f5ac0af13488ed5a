"""A whole object store as one process: OpenStack Swift behind its own S3 API; run with a folder and a port."""

from __future__ import annotations

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)

import os  # noqa: E402  # what follows must meet the sockets of eventlet
import pwd  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from eventlet import wsgi  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

FLOORS = ("account", "container", "object")
PIPELINE = ("catch_errors", "listing_formats", "s3api", "tempauth", "slo")


def main(folder: Path, port: int) -> None:
    """Serves S3 on `port` with everything in `folder`, which may hold what an earlier process left; never returns."""
    (folder / "disks" / "d1").mkdir(parents=True, exist_ok=True)
    utils.SWIFT_CONF_FILE = str(folder / "swift.conf")
    policy = "[storage-policy:0]\nname = one\ndefault = yes\npolicy_type = replication\n"
    (folder / "swift.conf").write_text(f"[swift-hash]\nswift_hash_path_suffix = pageside\n\n{policy}")
    listening = {floor: eventlet.listen(("127.0.0.1", 0)) for floor in FLOORS}
    for floor, socket in listening.items():
        ring(folder / f"{floor}.ring.gz", socket.getsockname()[1])
        written(folder / f"{floor}.conf", folder, (), floor)
    written(folder / "proxy.conf", folder, PIPELINE, "proxy")
    utils.validate_hash_conf()
    for floor, socket in listening.items():
        eventlet.spawn(served, socket, folder / f"{floor}.conf")
    served(eventlet.listen(("127.0.0.1", port), reuse_port=False), folder / "proxy.conf")


def ring(path: Path, port: int) -> None:
    """Says that the one disk behind `port` holds everything."""
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": "d1"})
    builder.rebalance()
    builder.get_ring().save(str(path))


def written(path: Path, folder: Path, pipeline: tuple[str, ...], app: str) -> None:
    """The configuration of one of the four servers."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    parts = [
        f"[DEFAULT]\nuser = {user}\nswift_dir = {folder}\ndevices = {folder}/disks\nmount_check = false",
        "fallocate_reserve = 0\nlog_level = ERROR\n",
        f"[pipeline:main]\npipeline = {' '.join((*pipeline, app))}-server\n",
        f"[app:{app}-server]\nuse = egg:swift#{app}\naccount_autocreate = true\n",
        *(f"[filter:{name}]\nuse = egg:swift#{name}\n{OPTIONS.get(name, '')}" for name in pipeline),
    ]
    path.write_text("\n".join(parts))


OPTIONS = {
    "s3api": "location = us-east-1\n",
    "tempauth": "user_pageside_tester = testing .admin\n",
}


def served(socket: eventlet.greenio.GreenSocket, conf: Path) -> None:
    """Answers at `socket`, for good."""
    with Path(os.devnull).open("w") as nowhere:
        wsgi.server(socket, loadapp(str(conf)), nowhere, protocol=SwiftHttpProtocol, log_output=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
