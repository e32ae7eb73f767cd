"""What the operator sets for the articles: links, limits, names. An unset one reads as the article's own fallback."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _official_link(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("must be a full address that begins with https://")
    if any(character.isspace() or character in "<>\"'{}|" for character in value):
        raise ValueError("must not hold spaces, quotes, braces or angle brackets")
    return value


Link = Annotated[str, AfterValidator(_official_link)]


class ArticleSettings(BaseSettings):
    """Variables of the FAQ's articles; each is read from ``LIFELINE_<NAME>`` or ``.env``. All are unset by default."""

    model_config = SettingsConfigDict(env_prefix="LIFELINE_", env_file=".env", env_ignore_empty=True, extra="ignore")

    exchange_name: str | None = Field(None, description="the exchange's name as customers know it")
    security_hold_hours: int | None = Field(
        None, ge=1, description="hours that withdrawals pause after a security change"
    )
    kyc_review_time: str | None = Field(None, description='usual time of an identity review, in words, like "24 h"')
    address_proof_months: int | None = Field(None, ge=1, description="highest age of a proof of address, months")
    minimum_age: int | None = Field(None, ge=1, description="lowest age of a customer, years")

    freeze_url: Link | None = Field(None, description="where customers freeze their account themselves")
    unfreeze_url: Link | None = Field(None, description="where customers ask for the end of a freeze")
    security_url: Link | None = Field(None, description="security settings")
    verify_channel_url: Link | None = Field(None, description="where customers check whether a channel is official")
    app_download_url: Link | None = Field(None, description="the only place to download the app from")
    status_url: Link | None = Field(None, description="system status and maintenance")
    fees_url: Link | None = Field(None, description="fee schedule")
    limits_url: Link | None = Field(None, description="limits and minimums of deposits, withdrawals and orders")
    networks_url: Link | None = Field(None, description="supported coins and networks")
    recovery_request_url: Link | None = Field(None, description="request for the recovery of a wrong deposit")
    kyc_url: Link | None = Field(None, description="identity verification")
    api_docs_url: Link | None = Field(None, description="official API documentation")
    statement_url: Link | None = Field(None, description="export of statements")
    reserves_url: Link | None = Field(None, description="proof of reserves")
    announcements_url: Link | None = Field(None, description="official announcements")
    p2p_appeal_url: Link | None = Field(None, description="appeal in a P2P order")
    appeal_url: Link | None = Field(None, description="appeal against a decision")
    law_enforcement_url: Link | None = Field(None, description="requests of law enforcement")
    privacy_url: Link | None = Field(None, description="personal-data requests")

    def variables(self) -> dict[str, str | None]:
        """Every variable's value as text, None where unset: what ``render.render`` takes."""
        return {name: None if value is None else str(value) for name, value in self}

    def official_hosts(self) -> frozenset[str]:
        """The hosts of the links above: the only ones that a message to a customer may name."""
        links = (value for name, value in self if name.endswith("_url") and value is not None)
        return frozenset(host for host in (urlsplit(str(link)).hostname for link in links) if host)
