"""Runs tests/assistant/inside in the interpreter that serves the assistant."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).with_name("inside")
PYTHON = ROOT / "bot/assistant/.venv/bin/python"


@pytest.mark.parametrize("name", sorted(path.name for path in INSIDE.glob("test_*.py")))
def test_the_component_tests_pass_in_the_assistants_environment(name: str) -> None:
    if not PYTHON.exists():
        pytest.fail("the assistant's environment is missing; run `make install`")
    command = [str(PYTHON), "-m", "pytest", "-q", "-c", str(INSIDE / "pytest.ini"), "--confcutdir", str(INSIDE)]
    run = subprocess.run(
        [*command, str(INSIDE / name)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr[-2000:]}"
