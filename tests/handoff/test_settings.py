from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from handoff.errors import SecretMissing
from handoff.settings import DeskSettings


def test_the_embedded_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert DeskSettings(_env_file=None, data_dir=tmp_path).database_url == f"sqlite+aiosqlite:///{tmp_path}/lifeline.db"


def test_the_environment_and_the_env_file_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFELINE_SLA_SECONDS_0", "30")
    monkeypatch.setenv("LIFELINE_DATABASE_URL", "postgresql://db/lifeline")
    (tmp_path / ".env").write_text("LIFELINE_EXCHANGE_NAME=币安全\nLIFELINE_SOMETHING_ELSE=1\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    settings = DeskSettings()
    assert settings.exchange_name == "币安全"
    assert settings.database_url == "postgresql://db/lifeline"
    assert [settings.sla_seconds(priority) for priority in range(4)] == [30, 300, 900, 3600]


def test_a_freeze_address_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValidationError, match="LIFELINE_FREEZE_URL"):
        DeskSettings(_env_file=None, freeze_url="javascript:alert(1)")


def test_the_secret_comes_from_the_setting_or_else_from_the_file(tmp_path: Path) -> None:
    settings = DeskSettings(_env_file=None, data_dir=tmp_path)
    with pytest.raises(SecretMissing, match="LIFELINE_SECRET_KEY"):
        settings.secret()
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(SecretMissing, match="empty"):
        settings.secret()
    (tmp_path / "secret_key").write_text("from the file\n")
    assert settings.secret() == "from the file"
    own = DeskSettings(_env_file=None, data_dir=tmp_path, secret_key="from the setting")
    assert own.secret() == "from the setting"
    assert "from the setting" not in repr(own)
