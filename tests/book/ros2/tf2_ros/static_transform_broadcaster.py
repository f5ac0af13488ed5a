"""The static broadcaster under the module name programs import it from."""

from tf2_ros import StaticTransformBroadcaster

__all__ = ["StaticTransformBroadcaster"]
