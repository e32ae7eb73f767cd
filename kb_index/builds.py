"""The folder of index builds, and how a new one takes the place of the old one while servers read.

::

    models/faq/current            the id of the build to serve, one line; replaced in one step
    models/faq/<build id>/        a complete build; written beside under another name, then renamed
    models/faq/.lock              held by the one process that builds

A build is never changed. The one that was served before is kept, so that a server that is just loading it can finish
and an operator can go back by writing its id into ``current``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kb_index.errors import IndexUnavailable
from kb_index.snapshot import Snapshot

#: Where `make train` puts the builds.
BUILDS = Path("models/faq")
#: Prefix of a build that is being written.
_UNFINISHED = ".unfinished-"

#: Tells one state of the pointer from another without reading it.
Stamp = tuple[int, int, int]


def current(root: Path) -> str | None:
    """The id of the build to serve, or None when nothing was built yet."""
    try:
        build = (root / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return build or None


def stamp(root: Path) -> Stamp | None:
    """Changes whenever ``current`` is replaced. Costs one system call."""
    try:
        status = os.stat(root / "current")  # noqa: PTH116  in every search
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def load(root: Path) -> tuple[str, Snapshot]:
    """Reads the current build.

    Raises:
        IndexUnavailable: when there is none, or it cannot be read.
    """
    problem: Exception | None = None
    for _ in range(3):  # the pointer may move on, and its old build go, between two reads
        build = current(root)
        if build is None:
            raise IndexUnavailable(f"{root} holds no index; run `make train`")
        try:
            return build, Snapshot.load(root / build)
        except Exception as exc:  # FAISS, numpy, JSON and the system raise what they like
            problem = exc
        if current(root) == build:
            break
    raise IndexUnavailable(f"the build {root / str(build)} cannot be read ({problem}); run `make train`") from problem


@contextlib.contextmanager
def building(root: Path) -> Iterator[None]:
    """Keeps other processes from building in the same folder; waits for one that does."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in root.glob(_UNFINISHED + "*"):
            shutil.rmtree(left_over, ignore_errors=True)
        yield


def publish(root: Path, build: str, write: Callable[[Path], None]) -> None:
    """Writes a build beside the others, then points ``current`` at it, then removes all but it and the one before.

    Call it inside ``building``. If anything fails, ``current`` still names the old build, which is untouched.

    Args:
        root: the folder of builds.
        build: id of the new build.
        write: puts the build's files into the empty folder that it is given.
    """
    before = current(root)
    unfinished = root / f"{_UNFINISHED}{build}"
    unfinished.mkdir()
    write(unfinished)
    for file in unfinished.iterdir():
        _to_disk(file)
    _to_disk(unfinished)
    final = root / build
    if final.exists():  # the same inputs once more; what is there may be damaged
        shutil.rmtree(final)
    unfinished.rename(final)
    pointer = root / ".current"
    pointer.write_text(build + "\n", encoding="utf-8")
    _to_disk(pointer)
    pointer.replace(root / "current")
    _to_disk(root)
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in (build, before):
            shutil.rmtree(folder, ignore_errors=True)


def _to_disk(path: Path) -> None:
    """Makes a file's content, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
