"""The listener under the module name programs import it from."""

from tf2_ros import TransformListener

__all__ = ["TransformListener"]
