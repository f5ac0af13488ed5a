"""The broadcaster under the module name programs import it from."""

from tf2_ros import TransformBroadcaster

__all__ = ["TransformBroadcaster"]
