"""What a server tells of itself, and whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url

if TYPE_CHECKING:
    from pageside.settings import Settings

MetricsAccess = Literal["off", "local", "token"]


class Observing(BaseSettings):
    """Metrics, traces and errors."""

    metrics: MetricsAccess | None = Field(
        None,
        validation_alias="PAGESIDE_METRICS",
        description="Who reads `/metrics`: nobody (`off`), programs of this machine (`local`), or whoever sends "
        "`PAGESIDE_METRICS_TOKEN` (`token`). Unset: `token` where there is one, else `local`, in production `off`.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        validation_alias="PAGESIDE_METRICS_TOKEN",
        description="What readers of `/metrics` send as `Authorization: Bearer ...`; at least 32 characters.",
    )
    otlp_endpoint: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Where traces are sent over OTLP/HTTP, such as `http://localhost:4318`; needs `pageside[otel]`. "
        "The other variables of OpenTelemetry hold, too. Unset: traces are not made.",
    )
    sentry_dsn: SecretStr | None = Field(
        None,
        validation_alias="SENTRY_DSN",
        description="Where errors that nobody foresaw are reported; needs `pageside[sentry]`. Unset: to the log alone.",
    )

    @field_validator("otlp_endpoint")
    @classmethod
    def _endpoint(cls, url: str) -> str:
        return http_url(url)


def metrics_access(settings: Settings) -> MetricsAccess:
    """Who reads `/metrics`."""
    if settings.metrics is not None:
        return settings.metrics
    if settings.metrics_token is not None:
        return "token"
    return "local" if settings.environment == "development" else "off"
