"""The teaching assistant that sits beside a textbook."""

from importlib.metadata import version

__version__ = version("pageside")
