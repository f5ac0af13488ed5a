"""Transforms between frames: broadcast on /tf and /tf_static, kept for ten seconds, looked up at a time."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
from geometry_msgs.msg import TransformStamped
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.time import Time
from tf2_msgs.msg import TFMessage

Matrix = np.ndarray[Any, np.dtype[np.float64]]

_STATIC = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
_MOVING = QoSProfile(depth=100)


class TransformException(Exception):
    """No transform could be given."""


class LookupException(TransformException):
    """A frame nobody has told of."""


class ConnectivityException(TransformException):
    """Two frames in trees that do not meet."""


class ExtrapolationException(TransformException):
    """A time before the oldest or after the newest transform kept."""


def _matrix(transform: Any) -> Matrix:
    q, t = transform.rotation, transform.translation
    w, x, y, z = np.array([q.w, q.x, q.y, q.z]) / np.linalg.norm([q.w, q.x, q.y, q.z])
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), t.x],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), t.y],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), t.z],
            [0, 0, 0, 1],
        ]
    )


def _quaternion(m: Matrix) -> tuple[float, float, float, float]:
    """Quaternion (x, y, z, w) of a rotation matrix, by the largest diagonal term."""
    k = (
        np.array(
            [
                [m[0, 0] - m[1, 1] - m[2, 2], 0, 0, 0],
                [m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], 0, 0],
                [m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1], 0],
                [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], m[0, 0] + m[1, 1] + m[2, 2]],
            ]
        )
        / 3
    )
    x, y, z, w = np.linalg.eigh(k)[1][:, -1] * 1.0
    sign = -1.0 if w < 0 else 1.0
    return float(sign * x), float(sign * y), float(sign * z), float(sign * w)


class Buffer:
    def __init__(self, cache_time: Duration | None = None, node: Any = None) -> None:
        self._keep_ns = (cache_time or Duration(seconds=10)).nanoseconds
        self._parents: dict[str, str] = {}
        self._static: dict[str, Any] = {}
        self._moving: dict[str, list[Any]] = {}

    def set_transform(self, transform: Any, authority: str) -> None:
        child = transform.child_frame_id
        self._parents[child] = transform.header.frame_id
        kept = self._moving.setdefault(child, [])
        kept.append(transform)
        kept.sort(key=_stamp_ns)
        self._moving[child] = [t for t in kept if _stamp_ns(t) >= _stamp_ns(kept[-1]) - self._keep_ns]

    def set_transform_static(self, transform: Any, authority: str) -> None:
        self._parents[transform.child_frame_id] = transform.header.frame_id
        self._static[transform.child_frame_id] = transform

    def can_transform(self, target_frame: str, source_frame: str, time: Time, timeout: Any = None) -> bool:
        try:
            self.lookup_transform(target_frame, source_frame, time)
        except TransformException:
            return False
        return True

    def lookup_transform(self, target_frame: str, source_frame: str, time: Time, timeout: Any = None) -> Any:
        """The transform that takes coordinates in `source_frame` to `target_frame`; time zero is the latest."""
        known = set(self._parents) | set(self._parents.values())
        for frame in (target_frame, source_frame):
            if frame not in known:
                raise LookupException(f'"{frame}" passed to lookupTransform argument does not exist.')
        up, down = self._chain(source_frame), self._chain(target_frame)
        if up[-1] != down[-1]:
            raise ConnectivityException(f"'{target_frame}' and '{source_frame}' are in two unconnected trees.")
        common = next(frame for frame in up if frame in down)
        at_ns = time.nanoseconds or self._latest_common_ns(up[: up.index(common)] + down[: down.index(common)])
        matrix = np.linalg.inv(self._to(common, target_frame, at_ns)) @ self._to(common, source_frame, at_ns)
        return _stamped(matrix, target_frame, source_frame, at_ns)

    def _chain(self, frame: str) -> list[str]:
        chain = [frame]
        while chain[-1] in self._parents:
            chain.append(self._parents[chain[-1]])
        return chain

    def _latest_common_ns(self, frames: list[str]) -> int:
        return min((_stamp_ns(self._moving[frame][-1]) for frame in frames if frame in self._moving), default=0)

    def _to(self, ancestor: str, frame: str, at_ns: int) -> Matrix:
        matrix = np.eye(4)
        while frame != ancestor:
            matrix = self._one(frame, at_ns) @ matrix
            frame = self._parents[frame]
        return matrix

    def _one(self, child: str, at_ns: int) -> Matrix:
        if child in self._static:
            return _matrix(self._static[child].transform)
        kept = self._moving[child]
        stamps = [_stamp_ns(t) for t in kept]
        if at_ns < stamps[0] or at_ns > stamps[-1]:
            side = "past" if at_ns < stamps[0] else "future"
            raise ExtrapolationException(f"Lookup would require extrapolation into the {side}.")
        after = bisect_left(stamps, at_ns)
        if stamps[after] == at_ns:
            return _matrix(kept[after].transform)
        share = (at_ns - stamps[after - 1]) / (stamps[after] - stamps[after - 1])
        return _between(kept[after - 1].transform, kept[after].transform, share)


def _between(a: Any, b: Any, share: float) -> Matrix:
    """Straight line for the translation, slerp for the rotation."""
    qa, qb = (np.array([t.rotation.x, t.rotation.y, t.rotation.z, t.rotation.w]) for t in (a, b))
    dot = float(qa @ qb)
    qb, dot = (-qb, -dot) if dot < 0 else (qb, dot)
    angle = np.arccos(min(dot, 1.0))
    q = qa if angle < 1e-9 else (np.sin((1 - share) * angle) * qa + np.sin(share * angle) * qb) / np.sin(angle)
    mixed = TransformStamped().transform
    mixed.rotation.x, mixed.rotation.y, mixed.rotation.z, mixed.rotation.w = (float(v) for v in q)
    for axis in "xyz":
        start, end = getattr(a.translation, axis), getattr(b.translation, axis)
        setattr(mixed.translation, axis, start + share * (end - start))
    return _matrix(mixed)


def _stamp_ns(transform: Any) -> int:
    return Time.from_msg(transform.header.stamp).nanoseconds


def _stamped(matrix: Matrix, target: str, source: str, at_ns: int) -> Any:
    made = TransformStamped(child_frame_id=source)
    made.header.frame_id, made.header.stamp = target, Time(nanoseconds=at_ns).to_msg()
    t, r = made.transform.translation, made.transform.rotation
    t.x, t.y, t.z = (float(v) for v in matrix[:3, 3])
    r.x, r.y, r.z, r.w = _quaternion(matrix)
    return made


class _Broadcaster:
    topic, qos = "/tf", _MOVING

    def __init__(self, node: Any) -> None:
        self._publisher = node.create_publisher(TFMessage, self.topic, self.qos)

    def sendTransform(self, transform: Any) -> None:  # noqa: N802
        many = transform if isinstance(transform, list) else [transform]
        self._publisher.publish(TFMessage(transforms=many))


class TransformBroadcaster(_Broadcaster):
    pass


class StaticTransformBroadcaster(_Broadcaster):
    topic, qos = "/tf_static", _STATIC


class TransformListener:
    def __init__(self, buffer: Buffer, node: Any) -> None:
        def moving(message: Any) -> None:
            for transform in message.transforms:
                buffer.set_transform(transform, "default")

        def static(message: Any) -> None:
            for transform in message.transforms:
                buffer.set_transform_static(transform, "default")

        node.create_subscription(TFMessage, "/tf", moving, _MOVING)
        node.create_subscription(TFMessage, "/tf_static", static, _STATIC)
