"""Settings, read once: flag > environment > `.env` > HOME/trailguide.toml > default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from knowledge.assets import is_slack_user
from knowledge.errors import BadInput, StorageFailed
from knowledge.roles import Role
from knowledge.teams import is_team_id, is_token_key, schema_of
from retrieval.chroma_address import is_address

PREFIX = "TRAILGUIDE_"
FOR_TESTS = {"TRAILGUIDE_DEV_DATA", "TRAILGUIDE_TEST_POSTGRES"}
"""Names that tests and benchmarks read, not the product."""

SHORTEST_SECRET = 16
"""Characters; fewer can be guessed."""
_GROUP = re.compile(r"S[A-Z0-9]{2,}")


def _slack(name: str) -> Any:
    return Field(
        default=None, validation_alias=AliasChoices(f"SLACK_{name}", f"slack_{name.lower()}")
    )


class Settings(BaseSettings):
    """Everything that can be set, frozen. `docs/settings.md` lists each with its meaning."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore", populate_by_name=True
    )

    home: Path = Field(default=Path("var"), description="Folder of all runtime data.")
    team: str = Field(
        default="", description="Slack id of the workspace meant, where one bot serves many."
    )
    token_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Keys that seal workspaces' tokens, comma-separated; first seals."
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy address; SQLite in the home folder when unset."
    )
    chroma_url: str | None = Field(
        default=None, description="Chroma server; an embedded one in the home folder when unset."
    )
    audit_key: SecretStr | None = Field(
        default=None, description="64 hex digits; the file `audit.key` in the home when unset."
    )
    embedding_model: str | None = Field(
        default=None, description="sentence-transformers model; the packaged MiniLM when unset."
    )
    model_cache: Path | None = Field(
        default=None, description="Where the exported model lies; the user's cache when unset."
    )
    chat_model: str | None = Field(
        default=None, description="`provider:model` of LangChain; the built-in composer when unset."
    )
    model_deadline_seconds: float = Field(
        default=20.0, gt=0, le=120, description="Longest a chat model may take for one draft."
    )
    time_zone: str = Field(default="UTC", description="The team's time zone, an IANA name.")
    asks_per_minute: int = Field(
        default=20, ge=0, description="Asks of one person taken within a minute; 0 for any number."
    )
    team_asks_per_minute: int = Field(
        default=600, ge=0, description="The same of all together; each may always ask once."
    )
    signals_per_minute: int = Field(
        default=300, ge=0, description="Deliveries taken by the webhook within a minute; 0 for any."
    )
    card_channels: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Channel ids in whose threads cards may be shown, comma-separated."
    )
    digest_time: time = Field(
        default=time(8, 30), description="When the daily digest comes, in each person's own zone."
    )
    second_reviewer: bool = Field(
        default=False, description="Whether somebody other than its author approves a piece."
    )
    reviewers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Slack ids of people or channels that review, comma-separated."
    )
    library_keeper: str = Field(
        default="", description="Slack id of the person or channel for pieces without an owner."
    )
    first_admin: str = Field(default="", description="Slack id of a person who is an admin.")
    default_role: Literal["rep", "none"] = Field(
        default="rep", description="What everybody is who was given no role: rep, or nothing."
    )
    role_groups: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        default=(), description="Slack user groups that give a role: `marketer=S01,manager=S02`."
    )
    check_links: bool = Field(
        default=True, description="Whether the bot asks if the addresses of pieces open."
    )
    review_after_days: int = Field(
        default=365, ge=0, description="Days after which a piece is looked at again; 0 for never."
    )
    keep_payloads_days: int = Field(
        default=30, ge=0, description="Days for messages never dealt with; 0 for ever."
    )
    keep_proposals_days: int = Field(
        default=14, ge=0, le=14, description="Days for pieces that nobody confirmed."
    )
    keep_undecided_days: int = Field(
        default=180, ge=0, description="Days for suggestions that nobody decided; 0 for ever."
    )
    keep_wordings_days: int = Field(
        default=365, ge=0, description="Days for wordings of unanswered questions; 0 for ever."
    )
    keep_leads_days: int = Field(
        default=1095, ge=0, description="Days for leads without contact; 0 for ever."
    )
    keep_logs_days: int = Field(
        default=90, ge=0, description="Days for lines of the log; 0 for ever."
    )
    report_channel: str = Field(
        default="", description="Channel id for the weekly report; empty for none."
    )
    report_weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = Field(default="monday", description="The weekly report's day, in the team's time zone.")
    report_time: time = Field(
        default=time(9, 0), description="From when on that day it comes, in the team's time zone."
    )
    report_least: int = Field(
        default=20, ge=1, description="Count from which a report shows a share and compares it."
    )
    crm: Literal["", "csv", "hubspot", "salesforce"] = Field(
        default="", description="The CRM to pull from: csv, hubspot or salesforce; empty for none."
    )
    crm_minutes: int = Field(
        default=15, ge=0, le=1440, description="Minutes between two pulls by the bot; 0 for none."
    )
    crm_folder: Path | None = Field(
        default=None, description="Folder of the CSV files; `crm` in the home folder when unset."
    )
    crm_url: str = Field(
        default="", description="The CRM's own address; Salesforce needs its My Domain here."
    )
    crm_token: SecretStr | None = Field(
        default=None, description="Access token, such as that of a HubSpot private app."
    )
    crm_client_id: str = Field(default="", description="Id of the app that may enter the CRM.")
    crm_client_secret: SecretStr | None = Field(default=None, description="That app's secret.")
    crm_refresh_token: SecretStr | None = Field(
        default=None, description="OAuth refresh token for that app, where it acts for a user."
    )
    port: int = Field(default=3000, ge=1, le=65535, description="HTTP port without Socket Mode.")
    signal_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Secrets that sign signals, comma-separated; none for no webhook."
    )
    signal_port: int = Field(
        default=3001, ge=1, le=65535, description="Port of the signals' webhook with Socket Mode."
    )
    health_address: str = Field(
        default="127.0.0.1:3002",
        description="Where health, readiness and metrics are told; empty for nowhere.",
    )
    import_pages: int = Field(
        default=5000, ge=1, le=1_000_000, description="Most pieces that one import may grow to."
    )
    import_pause_seconds: float = Field(
        default=1.0, ge=0, le=60, description="Pause between two pages of one site."
    )
    sample_random: int = Field(
        default=5, ge=0, le=100, description="Suggestions a week drawn by chance for review."
    )
    sample_risk: int = Field(
        default=10, ge=0, le=100, description="Suggestions a week drawn for review by risk."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: Literal["plain", "json"] = Field(
        default="plain", description="Lines of the log for people, or one JSON object a line."
    )
    slack_blocks: Literal["plain", "new"] = Field(
        default="plain", description="Cards in plain blocks, or in Slack's newer ones."
    )
    slack_connections: int = Field(
        default=1, ge=1, le=10, description="Connections of Socket Mode that this bot opens."
    )
    slack_bot_token: SecretStr | None = _slack("BOT_TOKEN")
    slack_app_token: SecretStr | None = _slack("APP_TOKEN")
    slack_signing_secret: SecretStr | None = _slack("SIGNING_SECRET")
    slack_api_url: str | None = _slack("API_URL")
    slack_client_id: str | None = _slack("CLIENT_ID")
    slack_client_secret: SecretStr | None = _slack("CLIENT_SECRET")

    @field_validator("card_channels", "reviewers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(v.strip() for v in value.split(",") if v.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("signal_secrets", mode="before")
    @classmethod
    def _secrets(cls, value: Any) -> Any:
        told = _several(value)
        secrets = [str(getattr(s, "get_secret_value", lambda s=s: s)()).strip() for s in told]
        secrets = [secret for secret in secrets if secret]
        if any(len(secret) < SHORTEST_SECRET for secret in secrets):
            raise ValueError(f"each secret must have {SHORTEST_SECRET} characters or more")
        return tuple(SecretStr(secret) for secret in secrets)

    @field_validator("token_keys", mode="before")
    @classmethod
    def _are_keys(cls, value: Any) -> Any:
        told = _several(value)
        keys = [str(getattr(k, "get_secret_value", lambda k=k: k)()).strip() for k in told]
        keys = [key for key in keys if key]
        if not all(is_token_key(key) for key in keys):
            raise ValueError("each key must be as `trailguide teams new-key` makes them")
        return tuple(SecretStr(key) for key in keys)

    @field_validator("team")
    @classmethod
    def _is_a_team(cls, value: str) -> str:
        if value and not is_team_id(value):
            raise ValueError("must be the Slack id of a workspace, such as T0123ABCD")
        return value

    @field_validator("role_groups", mode="before")
    @classmethod
    def _groups_by_role(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [tuple(p.strip() for p in pair.split("=")) for pair in value.split(",") if pair]
        if not all(len(p) == 2 and p[0] in set(Role) and _GROUP.fullmatch(p[1]) for p in pairs):
            raise ValueError(
                "must be pairs of a role and the id of a user group, such as "
                f"marketer=S0123ABCD,manager=S0456EFGH; the roles are {', '.join(Role)}"
            )
        return pairs

    @field_validator("audit_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        told = (value.get_secret_value() if value else "").strip()
        if told and not re.fullmatch(r"[0-9a-fA-F]{64}", told):
            raise ValueError("must be 64 hex digits; `openssl rand -hex 32` makes one")
        return SecretStr(told) if told else None

    @field_validator("chroma_url")
    @classmethod
    def _names_a_server(cls, value: str | None) -> str | None:
        if value and not is_address(value):
            raise ValueError("must be an address, such as http://chroma:8000")
        return value

    @field_validator("health_address")
    @classmethod
    def _names_a_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host and port.isascii() and port.isdigit() and int(port) < 65536):
            raise ValueError("must be `address:port`, such as 127.0.0.1:3002")
        return value

    @field_validator("first_admin")
    @classmethod
    def _is_a_person(cls, value: str) -> str:
        if value and not is_slack_user(value):
            raise ValueError("must be the Slack id of a person, such as U0123ABCD")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
            raise ValueError(
                "is not a time zone; use an IANA name such as Europe/Berlin"
            ) from unknown
        return value

    @field_validator("chat_model")
    @classmethod
    def _names_a_provider(cls, value: str | None) -> str | None:
        if value and ":" not in value:
            raise ValueError("must be `provider:model`, such as openai:gpt-4o-mini")
        return value or None

    @property
    def csv_folder(self) -> Path:
        """The folder of the CSV files of a CRM, whichever is set."""
        return self.crm_folder or self.home / "crm"

    @property
    def shares_database(self) -> bool:
        """Whether bots of other homes may work on the same database; an embedded one is its own."""
        return bool(self.database_url) and not str(self.database_url).startswith("sqlite")

    @property
    def house(self) -> Path:
        """The operator's home folder, in which that of a team lies; the same without a team."""
        return self.home.parent.parent if self.team else self.home

    @property
    def schema_name(self) -> str:
        """The schema of the team on a PostgreSQL server; empty for the database's own."""
        return schema_of(self.team)

    @property
    def database(self) -> str:
        """The database's address, SQLite in the home folder by default."""
        return self.database_url or f"sqlite:///{(self.home / 'trailguide.db').absolute()}"


def _several(value: Any) -> list[Any]:
    """What is told as one text with commas, or as several values."""
    if isinstance(value, str):
        return value.split(",")
    return list(value) if isinstance(value, list | tuple) else [value]


def load_settings(home: Path | None = None) -> Settings:
    """Read the operator's settings; `home` is the `--home` flag. `BadInput` names a wrong one."""
    try:
        dotenv = dotenv_values(".env")
    except OSError as refused:
        raise StorageFailed(f".env in this folder cannot be read: {refused.strerror}.") from None
    _pass_on_provider_keys(dotenv)
    _refuse_unknown({*os.environ, *dotenv})
    folder = home or Path(
        os.environ.get("TRAILGUIDE_HOME")
        or dotenv.get("TRAILGUIDE_HOME")
        or Settings.model_fields["home"].default
    )
    file = folder / "trailguide.toml"
    try:
        return _reading(file)(home=folder)
    except OSError as refused:
        raise StorageFailed(f"{file} cannot be read: {refused.strerror}.") from None
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = str(first["loc"][0])
        shown = name if name.isupper() else f"{PREFIX}{name.upper()}"
        reason = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"Setting {shown} is wrong: {reason}.") from None
    except tomllib.TOMLDecodeError as wrong:
        raise BadInput(f"{file} is not valid TOML: {wrong}. Mend or remove it.") from None


def _pass_on_provider_keys(dotenv: Mapping[str, str | None]) -> None:
    """Let LangChain's providers see their own variables (OPENAI_API_KEY …) from `.env` too."""
    for name, value in dotenv.items():
        if value is not None and not name.startswith((PREFIX, "SLACK_")):
            os.environ.setdefault(name, value)


def _reading(file: Path) -> type[Settings]:
    class FromHome(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - given by the library
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            toml = TomlConfigSettingsSource(settings_cls, toml_file=file)
            unknown = set(toml.toml_data) - set(Settings.model_fields)
            if unknown:
                raise BadInput(
                    f"{file} has an unknown setting '{sorted(unknown)[0]}'; see docs/settings.md."
                )
            return init_settings, env_settings, dotenv_settings, toml

    return FromHome


def _refuse_unknown(names: set[str]) -> None:
    fields = Settings.model_fields.items()
    ours = (name for name, field in fields if field.validation_alias is None)
    known = {f"{PREFIX}{name.upper()}" for name in ours} | FOR_TESTS
    unknown = sorted(n for n in names if n.upper().startswith(PREFIX) and n.upper() not in known)
    if unknown:
        raise BadInput(
            f"Unknown setting {unknown[0]}; see docs/settings.md for the names there are."
        )
