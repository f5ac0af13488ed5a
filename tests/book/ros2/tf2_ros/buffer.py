"""The buffer under the module name programs import it from."""

from tf2_ros import Buffer

__all__ = ["Buffer"]
