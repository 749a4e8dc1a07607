"""Questions: the language they are asked in, and the SQL they become."""

from __future__ import annotations

from actum.query.compile import Compiled, compile  # noqa: A004  the field's word for it
from actum.query.echo import read_as
from actum.query.fields import FIELDS
from actum.query.parse import Query, parse

__all__ = ["FIELDS", "Compiled", "Query", "compile", "parse", "read_as"]
