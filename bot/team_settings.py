"""The settings of one team among many: the operator's, its own file's, and nobody else's.

What names people, channels or a CRM of one workspace never comes from the operator's environment,
where it would hold for every team at once: it stands in the team's own `trailguide.toml`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings import Settings
from knowledge.errors import BadInput
from knowledge.teams import folder_of, require_team_id

OF_ONE_TEAM = frozenset({
    "card_channels", "reviewers", "library_keeper", "first_admin", "role_groups", "report_channel",
    "signal_secrets", "crm", "crm_folder", "crm_url", "crm_token", "crm_client_id",
    "crm_client_secret", "crm_refresh_token",
})  # fmt: skip
"""Settings that a team has from its own file only."""

OF_A_TEAM = OF_ONE_TEAM | {
    "time_zone", "digest_time", "second_reviewer", "default_role", "check_links",
    "review_after_days", "keep_payloads_days", "keep_proposals_days", "keep_undecided_days",
    "keep_wordings_days", "keep_leads_days", "report_weekday", "report_time", "report_least",
    "crm_minutes", "import_pages", "import_pause_seconds", "sample_random", "sample_risk",
    "slack_blocks",
}  # fmt: skip
"""Settings that a team's file may hold; where it does not, the operator's hold."""

_NOT_ITS_OWN = frozenset({
    "home", "team", "token_keys", "slack_bot_token", "slack_app_token", "slack_signing_secret",
    "slack_client_id", "slack_client_secret",
})  # fmt: skip


class _Given(Settings):
    """Settings from nothing but what is given: no environment, no file."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - given by the library
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def for_team(house: Settings, team: str) -> Settings:
    """The settings of a team within the operator's; `BadInput` for a wrong file or id."""
    home = folder_of(house.home, require_team_id(team))
    handed_on = house.model_fields_set - OF_ONE_TEAM - _NOT_ITS_OWN
    values = {name: getattr(house, name) for name in handed_on}
    if not house.shares_database:
        values.pop("database_url", None)  # a file holds one team: each has its own in its folder
    file = home / "trailguide.toml"
    try:
        return _Given(**{**values, **_own(file), "home": home, "team": team})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{file}: {first['loc'][0]} is wrong: {reason}.") from None


def _own(file: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadInput(f"{file} is not valid TOML: {wrong}. Mend or remove it.") from None
    if unknown := sorted(set(told) - OF_A_TEAM):
        raise BadInput(f"{file} has '{unknown[0]}', which is no setting of a team; docs/teams.md.")
    return told
