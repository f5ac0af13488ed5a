"""What kind of site a folder is, and the addresses, ids and order that site gives to its pages."""

from pageside.knowledge.reading.sites.detect import detect
from pageside.knowledge.reading.sites.site import Kind, Root, Site
from pageside.knowledge.reading.sites.slugs import Heading

__all__ = ["Heading", "Kind", "Root", "Site", "detect"]
