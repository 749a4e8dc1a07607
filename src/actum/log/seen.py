"""What this user's machine remembers of each log, outside the log's own folder.

A restored snapshot is consistent in itself: nothing inside the folder can betray it.  So the size
and root of the last checkpoint published or verified here are also noted in the user's state
directory.  A log that comes back smaller, or with another root at that size, is refused.

Trust: an attacker who can write both the home and this folder can hide a rollback from this
machine.  That takes a witness elsewhere, and `actum verify` says so.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

from actum.errors import StorageError
from actum.log.durable import replace_file

__all__ = ["note", "recall", "seen_path"]


def seen_path(origin: str) -> Path:
    """The file that remembers the log of that origin."""
    state = os.environ.get("ACTUM_STATE") or os.environ.get("XDG_STATE_HOME")
    base = Path(state) if state else Path.home() / ".local" / "state"
    return base / "actum" / "seen" / f"{sha256(origin.encode()).hexdigest()[:32]}.json"


def recall(origin: str) -> tuple[int, bytes] | None:
    """The largest size seen and the root it had, or None when this machine saw none."""
    try:
        kept = json.loads(seen_path(origin).read_bytes())
        return int(kept["size"]), bytes.fromhex(kept["root"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        # A damaged memory proves nothing either way; the next note rewrites it.
        return None


def note(origin: str, *, size: int, root: bytes) -> None:
    """Remember a checkpoint.  Never raises: a read-only folder costs the memory, not the log."""
    try:
        path = seen_path(origin)
        path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"origin": origin, "size": size, "root": root.hex()})
        replace_file(path, line.encode())
    except (OSError, StorageError, RuntimeError):  # RuntimeError: the user has no home folder
        return
