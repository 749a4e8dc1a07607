"""SQL over one log: anybody's statement, in a process that can read it and do nothing else.

Four layers, each of which must hold without the others (docs/sql.md):

1. `gate`      what a statement may say
2. `gate`      only what is written anew from its tree is run
3. `worker`    a process of its own, bounded in time, memory and rows, its engine fenced in
4. `landlock`, `seccomp`   the system itself forbids that process to change or start anything
"""

from __future__ import annotations

from actum.sql.console import Console, Result
from actum.sql.limits import Limits
from actum.sql.views import VIEWS, View

__all__ = ["VIEWS", "Console", "Limits", "Result", "View"]
