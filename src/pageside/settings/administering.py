"""Who looks after a server."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from pageside.identity.looker import Roles
from pageside.settings.access import words


class Administering(BaseSettings):
    """Which roles of readers open the administration."""

    admin_roles: str = Field(
        "admin",
        validation_alias="PAGESIDE_ADMIN_ROLES",
        description="Roles that open `/admin` for the reader's own organisation, one or several.",
    )
    operator_roles: str = Field(
        "operator",
        validation_alias="PAGESIDE_OPERATOR_ROLES",
        description="Roles that open `/admin` for all organisations.",
    )
    admin_text_roles: str = Field(
        "admin:text",
        validation_alias="PAGESIDE_ADMIN_TEXT_ROLES",
        description="Roles that, beside one of those, let words of readers be read there; each look is kept.",
    )

    @property
    def looking_roles(self) -> Roles:
        """All of them."""
        return Roles(
            admin=frozenset(words(self.admin_roles)),
            operator=frozenset(words(self.operator_roles)),
            text=frozenset(words(self.admin_text_roles)),
        )
