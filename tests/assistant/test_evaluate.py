"""bot.evaluate: reading, sending, losing no line. A scripted server stands for Rasa; test_live has the real one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot import evaluate
from bot.assistant import server as own_server


class _Script(BaseHTTPRequestHandler):
    """Understands everything as a greeting; fails as often as a text asks for ("fail 2")."""

    seen: list[str] = []  # noqa: RUF012  reset by the fixture
    failures: dict[str, int] = {}  # noqa: RUF012
    at_once = most_at_once = 0
    lock = threading.Lock()
    together = threading.Barrier(evaluate.AT_ONCE)

    def do_GET(self) -> None:
        self._answer(200, {"model_file": "x"})

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        cls = type(self)
        with cls.lock:
            cls.seen.append(text)
            cls.at_once += 1
            cls.most_at_once = max(cls.most_at_once, cls.at_once)
            failing = text.startswith("fail ") and cls.failures.setdefault(text, int(text[5:])) > 0
            if failing:
                cls.failures[text] -= 1
        if text.startswith("together"):
            cls.together.wait(30)
        with cls.lock:  # before the answer: the next request may come the moment it is read
            cls.at_once -= 1
        self._answer(500 if failing else 200, {} if failing else self._parsed(text))

    def _parsed(self, text: str) -> dict[str, Any]:
        return {
            "text": text,
            "intent": {"name": "greet", "confidence": 0.8},
            "language": "en",
            "confidence": 0.8,
            "priority": 3,
            "skill": "general",
            "decision": "smalltalk",
            "out_of_scope": 0.01,
            "mood": {"name": "calm", "confidence": 0.9},
            "topics": [{"topic": "adl", "score": 0.1}],
            "latency_ms": 3.5,
        }

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def rasa(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Script]]:
    _Script.seen, _Script.failures, _Script.most_at_once = [], {}, 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Script)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("LIFELINE_RASA_URL", f"http://127.0.0.1:{server.server_port}")
    yield _Script
    server.shutdown()


def run(tmp_path: Path, content: str, *more: str) -> tuple[int, list[dict[str, Any]]]:
    (tmp_path / "in.jsonl").write_bytes(content.encode("utf-8", "surrogateescape"))
    status = evaluate.main(["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl"), *more])
    return status, [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]


def test_every_message_gets_its_line_in_the_order_of_the_input(tmp_path: Path, rasa: type[_Script]) -> None:
    content = "".join(json.dumps({"id": n, "text": f"message {n}", "lang": "en"}) + "\n" for n in range(50))

    status, outputs = run(tmp_path, content)

    assert status == 0
    assert [output["id"] for output in outputs] == list(range(50))
    assert outputs[7] == {
        "id": 7,
        "lang": "en",
        "intent": "greet",
        "confidence": 0.8,
        "priority": 3,
        "skill": "general",
        "decision": "smalltalk",
        "out_of_scope": 0.01,
        "mood": "calm",
        "topics": [["adl", 0.1]],
        "latency_ms": 3.5,
    }
    assert rasa.most_at_once <= evaluate.AT_ONCE


def test_eight_messages_are_with_rasa_at_once(tmp_path: Path, rasa: type[_Script]) -> None:
    # each request waits until eight are there
    status, outputs = run(tmp_path, "".join(f'{{"id": {n}, "text": "together {n}"}}\n' for n in range(16)))

    assert (status, len(outputs)) == (0, 16)
    assert rasa.most_at_once == evaluate.AT_ONCE == 8


def test_bad_lines_are_reported_with_their_number_and_none_is_lost(
    tmp_path: Path, rasa: type[_Script], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ["no json", "[1]", '{"text": "x"}', '{"id": "b"}', '{"id": "c", "text": "  "}']
    content = "\n".join(['{"id": "a", "text": "hi"}', "", *bad, '{"id": "d", "text": "bye"}'])

    status, outputs = run(tmp_path, content)

    assert status == 1
    assert [(output["id"], output.get("line")) for output in outputs] == [
        ("a", None),
        (None, 3),
        (None, 4),
        (None, 5),
        ("b", 6),
        ("c", 7),
        ("d", None),
    ]
    errors = capsys.readouterr().err
    assert "line 3: no JSON" in errors
    assert "line 6: the field text is missing" in errors


def test_a_message_is_cleaned_as_the_live_product_does_it(tmp_path: Path, rasa: type[_Script]) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"

    run(tmp_path, json.dumps({"id": 1, "text": f"/greet my seed is {phrase}"}))

    (sent,) = rasa.seen
    assert not sent.startswith("/")
    assert "sausage" not in sent


def test_a_failed_request_is_tried_again(tmp_path: Path, rasa: type[_Script]) -> None:
    status, outputs = run(tmp_path, '{"id": 1, "text": "fail 2"}')

    assert (status, outputs[0]["intent"]) == (0, "greet")


def test_a_message_that_always_fails_is_reported_and_the_rest_goes_on(tmp_path: Path, rasa: type[_Script]) -> None:
    status, outputs = run(tmp_path, '{"id": 1, "text": "fail 99"}\n{"id": 2, "text": "hi"}')

    assert status == 1
    assert "run the command again" in outputs[0]["error"]
    assert outputs[1]["intent"] == "greet"


def test_bytes_that_are_no_utf8_do_not_stop_the_run(tmp_path: Path, rasa: type[_Script]) -> None:
    status, outputs = run(tmp_path, '{"id": 1, "text": "caf\udce9"}\n')

    assert (status, outputs[0]["intent"]) == (0, "greet")


def test_messages_can_be_sent_one_at_a_time(tmp_path: Path, rasa: type[_Script]) -> None:
    status, outputs = run(tmp_path, "".join(f'{{"id": {n}, "text": "x"}}\n' for n in range(16)), "--at-once", "1")

    assert (status, len(outputs)) == (0, 16)
    assert rasa.most_at_once == 1


def test_no_messages_at_a_time_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "{}", "--at-once", "0")
    assert "write 1 or more" in capsys.readouterr().err


def test_a_missing_input_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main(["--input", str(tmp_path / "none"), "--output", str(tmp_path / "out")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_without_a_server_and_without_a_model_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], free_port: Any
) -> None:
    monkeypatch.setenv("LIFELINE_RASA_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(own_server, "PYTHON", Path(__file__))
    (tmp_path / "in.jsonl").write_text('{"id": 1, "text": "hi"}')
    arguments = ["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")]

    status = evaluate.main([*arguments, "--model", str(tmp_path / "missing.tar.gz")])

    assert status == 2
    assert "make train" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()
