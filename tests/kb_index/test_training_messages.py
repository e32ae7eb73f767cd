from __future__ import annotations

from pathlib import Path

import pytest

from kb_index.errors import TrainingMessagesInvalid
from kb_index.training_messages import read, read_calibration

FILE = """version: "3.1"
nlu:
- intent: api
  metadata: {topics: [api-timestamp-expired], also: [api-code-lookup]}
  examples: |
    - -1021 again and again
    - my clock: is it wrong? "yes" #1
- synonym: bitcoin
  examples: |
    - btc
- intent: api
  metadata: {topics: [], also: []}
  examples: |
    - sdk crashes
- intent: api
  examples: |
    - swagger file pls
"""


def write(folder: Path, text: str, intent: str = "api", language: str = "en") -> Path:
    path = folder / intent / f"{language}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_messages_are_read_with_their_topics(tmp_path: Path) -> None:
    write(tmp_path, FILE)
    found = read(tmp_path)
    assert [message.text for message in found] == [
        "-1021 again and again",
        'my clock: is it wrong? "yes" #1',
        "sdk crashes",
        "swagger file pls",
    ]
    assert found[0].topics == ("api-timestamp-expired",)
    assert found[0].also == ("api-code-lookup",)
    assert {(message.intent, message.language) for message in found} == {("api", "en")}
    assert found[3].topics == ()


def test_a_missing_folder_holds_no_messages(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("api-timestamp-expired", "api-timestamp", "unknown topics: api-timestamp"),
        ("api-code-lookup]", "nonsense]", "also of block 1 names unknown topics: nonsense"),
        ("topics: [api-timestamp-expired]", "topics: api-timestamp-expired", "must be a list"),
        ("- intent: api", "- intent: trading", "must be `intent: api`"),
        ("nlu:", "stories:", "must hold a list"),
        ("also: [api-code-lookup]}", "also: [api-code-lookup}", "is no YAML"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(tmp_path: Path, before: str, after: str, problem: str) -> None:
    path = write(tmp_path, FILE.replace(before, after, 1))
    with pytest.raises(TrainingMessagesInvalid) as caught:
        read(tmp_path)
    assert str(path) in str(caught.value)
    assert problem in str(caught.value)


def test_messages_to_calibrate_on_are_never_trained_on(tmp_path: Path) -> None:
    write(tmp_path, FILE)
    aside = tmp_path / "calibration" / "en.yml"
    aside.parent.mkdir()
    block = (
        "  - intent: {}\n    metadata: {{topics: [], also: [], purpose: calibration}}\n    examples: |\n      - {}\n"
    )
    aside.write_text('version: "3.1"\nnlu:\n' + block.format("kyc", "unseen") + block.format("api", "unheard"), "utf-8")
    assert [(m.intent, m.text, m.language) for m in read_calibration(tmp_path)] == [
        ("kyc", "unseen", "en"),
        ("api", "unheard", "en"),
    ]
    assert not {m.text for m in read(tmp_path)} & {"unseen", "unheard"}


def test_the_purpose_of_a_block_must_fit_its_folder(tmp_path: Path) -> None:
    path = write(tmp_path, FILE.replace("topics: [", "purpose: calibration, topics: [", 1))
    with pytest.raises(TrainingMessagesInvalid, match="no purpose"):
        read(tmp_path)
    path.rename(tmp_path / "calibration.yml")
    write(tmp_path / "elsewhere", FILE).parent.rename(tmp_path / "calibration")
    with pytest.raises(TrainingMessagesInvalid, match="purpose: calibration"):
        read_calibration(tmp_path)
