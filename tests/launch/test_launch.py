import configparser
import socket
import stat
from pathlib import Path

import pytest

from bot.launch.prepare import CannotStart, RedisAddress, check_ports, ensure_secret, make_folders
from bot.launch.programs import Program, supervisor_config
from bot.launch.reference import settings, table

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    assert table() in README.read_text("utf-8"), "run `python -m bot.launch.reference --write`"


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in settings() if not field.description] == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://127.0.0.1:6390/0", RedisAddress("127.0.0.1", 6390, 0, "", "", tls=False)),
        ("rediss://desk:p%25@redis.example:6380/3", RedisAddress("redis.example", 6380, 3, "desk", "p%", tls=True)),
        ("redis://cache", RedisAddress("cache", 6379, 0, "", "", tls=False)),
    ],
)
def test_a_redis_address_is_taken_apart_for_rasa(url: str, expected: RedisAddress) -> None:
    assert RedisAddress.of(url) == expected


@pytest.mark.parametrize("url", ["http://cache:6379", "cache:6379", "redis://", "redis://cache/first"])
def test_a_wrong_redis_address_says_what_it_should_look_like(url: str) -> None:
    with pytest.raises(CannotStart, match="LIFELINE_REDIS_URL must look like"):
        RedisAddress.of(url)


def test_a_port_in_use_names_the_setting_that_moves_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotStart, match="LIFELINE_GATEWAY_PORT"):
            check_ports({"LIFELINE_GATEWAY_PORT": taken.getsockname()})


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = ensure_secret(tmp_path / "secret_key")
    assert ensure_secret(tmp_path / "secret_key") == first
    assert len(first) >= 43
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    make_folders(tmp_path / "var")
    assert {stat.S_IMODE(p.stat().st_mode) for p in [tmp_path / "var", *(tmp_path / "var").iterdir()]} == {0o700}


def test_supervisord_restarts_every_program_and_takes_awkward_values_as_they_are(tmp_path: Path) -> None:
    program = Program("gateway", ("python", "-m", "a b"), 1, {"PASSWORD": 'p%"x', "EMPTY": ""})
    config = configparser.RawConfigParser()
    config.read_string(supervisor_config([program], root=tmp_path, data_dir=tmp_path))
    section = config["program:gateway"]
    assert section["autorestart"] == "true"
    assert section["command"] == "python -m 'a b'"
    assert section["environment"] == 'EMPTY="",PASSWORD="p%%\\"x"'
