"""Time and memory of cutting messages into pieces, beside the tokenizers library: ``python -m tests.bench.pieces``.

Each runs in a process of its own, as what one has loaded would count for the other. Needs `make train`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kb_index.encoding import ENCODER
from kb_index.pieces import Pieces
from kb_index.training_messages import read

MESSAGES = 5000


def resident() -> float:
    """Megabytes of memory that this process has."""
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) / 1024


def measure(name: str, load: Callable[[], Callable[[str], object]]) -> None:
    """Prints what loading takes, and a message."""
    texts = [message.text for message in read()][:MESSAGES]
    before = resident()
    cut = load()
    memory, started = resident() - before, time.perf_counter()
    for text in texts:
        cut(text)
    each = (time.perf_counter() - started) / len(texts) * 1e6
    sys.stdout.write(f"{name:14} {memory:6.0f} MB   {each:6.0f} microseconds a message\n")


def main() -> None:
    """Without an argument, all of them; with the name of one, that one."""
    if sys.argv[1:] == ["sentencepiece"]:
        measure("sentencepiece", lambda: Pieces(ENCODER / "pieces.model", most=160).of)
    elif len(sys.argv) == 3:
        from tokenizers import Tokenizer

        measure("tokenizers", lambda: Tokenizer.from_file(sys.argv[2]).encode)
    else:
        from kb_index.encoder.base import base_model

        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "tokenizer.json")
            base_model().tokenizer.backend_tokenizer.save(file)
            for arguments in (["tokenizers", file], ["sentencepiece"]):
                subprocess.run([sys.executable, "-m", "tests.bench.pieces", *arguments], check=True)


if __name__ == "__main__":
    main()
