from __future__ import annotations

from pathlib import Path

import pytest

from kb_index.errors import TrainingMessagesInvalid
from kb_index.training_messages import HELD_OUT_SHARE, held_out, read

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


def test_messages_are_read_with_their_topics_and_blocks(tmp_path: Path) -> None:
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
    assert [message.block for message in found] == [1, 1, 3, 4]
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


def test_the_held_out_share_is_fixed_by_the_text_and_about_its_size() -> None:
    texts = [f"message {i}" for i in range(4000)]
    held = [text for text in texts if held_out(text)]
    assert held == [text for text in texts if held_out(text)]
    assert 0.8 * HELD_OUT_SHARE < len(held) / len(texts) < 1.2 * HELD_OUT_SHARE
    assert set(held) < {text for text in texts if held_out(text, 0.5)}
