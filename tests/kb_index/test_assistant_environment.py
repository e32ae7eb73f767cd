"""The search also runs inside Rasa's interpreter: Python 3.10, and libraries of 2023."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from kb_index import index
from kb_index.articles import load
from kb_index.encoding import Encoder
from kb_index.search import FaqSearch

REPOSITORY = Path(__file__).parents[2]
INTERPRETER = REPOSITORY / "bot/assistant/.venv/bin/python"

pytestmark = pytest.mark.skipif(not INTERPRETER.exists(), reason="the assistant's environment is not installed")

SEARCH = """
import json, sys
from pathlib import Path
from kb_index import articles, builds, encoding, index, render, search, segmentation, snapshot, taxonomy
root, encoder = Path(sys.argv[1]), encoding.Encoder(Path(sys.argv[2]))
faq = search.FaqSearch(root, encoder)
hits = [[[hit.topic, hit.score, hit.language] for hit in faq.search(text)] for text in json.loads(sys.argv[3])]
print(json.dumps({"hits": hits, "modules": sorted(sys.modules), "python": list(sys.version_info[:2])}))
"""

BUILD = """
import sys
from kb_index.index import main
sys.exit(main(sys.argv[1:]))
"""

TEXTS = ["换了手机号提不了币", "error 51008", "cant cancel my order", "привет"]


def run_there(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [str(INTERPRETER), "-c", program, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_build_of_the_platform_gives_the_same_hits_there(
    small_faq: Path, tmp_path: Path, encoder: Encoder, encoder_folder: Path
) -> None:
    root = tmp_path / "faq"
    index.build(root, load(small_faq), [], encoder)
    there = json.loads(run_there(SEARCH, str(root), str(encoder_folder), json.dumps(TEXTS)))
    here = FaqSearch(root, encoder)
    assert there["python"] == [3, 10]
    for text, hits in zip(TEXTS, there["hits"], strict=True):
        expected = here.search(text)
        assert [(topic, language) for topic, _, language in hits] == [(hit.topic, hit.language) for hit in expected]
        assert [score for _, score, _ in hits] == pytest.approx([hit.score for hit in expected], abs=1e-3)


def test_a_build_made_there_is_served_here(
    small_faq: Path, tmp_path: Path, encoder: Encoder, encoder_folder: Path
) -> None:
    root = tmp_path / "faq"
    arguments = [
        "--articles",
        small_faq,
        "--messages",
        tmp_path / "none",
        "--output",
        root,
        "--encoder",
        encoder_folder,
    ]
    run_there(BUILD, *map(str, arguments))
    assert FaqSearch(root, encoder).search("error 51008")[0].topic == "insufficient-balance-but-funds-exist"


def test_the_search_loads_no_library_that_a_server_should_not_carry(
    small_faq: Path, tmp_path: Path, encoder: Encoder, encoder_folder: Path
) -> None:
    root = tmp_path / "faq"
    index.build(root, load(small_faq), [], encoder)
    program = SEARCH.replace("encoding, index, render", "encoding, render")
    modules = json.loads(run_there(program, str(root), str(encoder_folder), "[]"))["modules"]
    heavy = {"torch", "pydantic", "jax", "scipy", "sklearn", "tensorflow", "transformers"}
    assert heavy.isdisjoint(modules)
