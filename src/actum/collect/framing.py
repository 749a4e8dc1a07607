"""Bytes to elements: how they lie in a content, decided by its beginning, then split.

The decision looks at content only:

1. nothing but white space: no batches;
2. the mark of Parquet or of a Windows event log: rows and events, each as JSON;
3. a UTF-16 mark: the same text in UTF-8, judged by what follows here;
4. the look of a binary file: not split;
5. a first byte RS: JSON texts (RFC 7464);
6. ``{`` or ``[`` the way JSON begins: lines if the first line is a value by itself and more follows
   (or if it is a line torn off in the middle), else documents;
7. anything else: lines of text.

Lines are not judged here: a line of NDJSON that is not JSON is an element all the same.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from actum.collect.batch import Batch, Fragment, Framing, fragments
from actum.collect.documents import documents
from actum.collect.evtx import MAGIC as EVTX
from actum.collect.evtx import evtx
from actum.collect.layers import regroup
from actum.collect.limits import Limits
from actum.collect.lines import RS, lines
from actum.collect.parquet import MAGIC as PARQUET
from actum.collect.parquet import parquet
from actum.collect.structure import Mismatch, Structure, skip_space
from actum.collect.utf16 import ENCODING, Transcoded
from actum.collect.whole import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["frame"]

_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_SPACE: Final = b" \t\r\n"
_LOOKED_AT: Final = 8192
_ENOUGH: Final = 64  # bytes to tell JSON from text by; white space may leave fewer in a window
_BINARY_KEPT: Final = 4096
_CONTROL: Final = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b\x1e"))
_NOT_TEXT: Final = tuple(bytes([each]) for each in _CONTROL)
_JSON_BEGINS: Final = re.compile(
    rb"\{\s*(?:[\"}]|\Z)|\[\s*(?:[{\[\"]|\Z|\]\s*\Z|(?:-?[0-9][-+.0-9eE]*|true|false|null|NaN)\s*(?:,|\Z|\]\s*\Z))"
)


def frame(chunks: Iterator[bytes], *, limits: Limits | None = None) -> Iterator[Batch]:
    """Split one content into its elements, in batches, in order.

    Every byte of the content is in an element, in a fragment, in a wrapper, or is white space and
    punctuation around them.  The exceptions are binary content, of which the beginning is kept, and
    what is read in another form than it came in: Parquet, Windows event logs, UTF-16.
    """
    limits = limits or Limits()
    windows = regroup(chunks, limits.window)
    head = next(windows, b"")
    if head.startswith(PARQUET) and head[4:5] in _NOT_TEXT:
        yield from parquet(head, windows, limits)
    elif head.startswith(EVTX):
        yield from evtx(head, windows, limits)
    elif head.startswith(_UTF16):
        yield from _utf16(head, windows, limits)
    else:
        yield from _utf8(head, windows, limits)


def _utf16(head: bytes, windows: Iterator[bytes], limits: Limits) -> Iterator[Batch]:
    text = Transcoded(itertools.chain([head], windows), head[:2])
    told = {ENCODING: b'"%b"' % text.encoding.encode()}
    framing = Framing.TEXT
    content = regroup(iter(text), limits.window)
    for batch in _utf8(next(content, b""), content, limits):
        framing = batch.framing
        yield replace(batch, wrapper={**(batch.wrapper or {}), **told})
    if text.reason:
        yield from fragments(text.rest(), framing, 0, text.reason, limits)


def _utf8(head: bytes, windows: Iterator[bytes], limits: Limits) -> Iterator[Batch]:
    head = head.removeprefix(_BOM)
    if _is_binary(head[:_LOOKED_AT]):
        yield _binary(head, windows)
        return
    head, windows, skipped, indent = _from_first_word(head, windows)
    if not head:
        return
    if head.startswith(RS):
        yield from lines(itertools.chain([head[1:]], windows), Framing.NDJSON, limits, mark=RS)
    elif not _JSON_BEGINS.match(head):
        again = itertools.chain([indent + head], windows)
        yield from lines(again, Framing.TEXT, limits, first=skipped)
    else:
        yield from _json(head, windows, limits, skipped, indent)


def _from_first_word(
    head: bytes, windows: Iterator[bytes]
) -> tuple[bytes, Iterator[bytes], int, bytes]:
    """Find the first byte that is not space: content from there, lines before, indentation."""
    skipped = 0
    indent = b""
    while True:
        word = head.lstrip(_SPACE)
        space = head[: len(head) - len(word)]
        skipped += space.count(b"\n")
        indent = space.rpartition(b"\n")[2]
        if word:
            while len(word) < _ENOUGH and (window := next(windows, b"")):
                word += window
            return word, windows, skipped, indent
        head = next(windows, b"")
        if not head:
            return b"", windows, skipped, b""


def _json(
    head: bytes, windows: Iterator[bytes], limits: Limits, skipped: int, indent: bytes
) -> Iterator[Batch]:
    parts = [head]
    size = len(head)
    complete = False
    by_line = _is_lines(head)
    line_ended = b"\n" in head
    while by_line is None or (not by_line and not complete):
        window = next(windows, None)
        complete = window is None
        if window is None or size > limits.whole_document:
            parts.append(window or b"")
            break
        parts.append(window)
        size += len(window)
        line_ended = line_ended or b"\n" in window
        if by_line is None and line_ended:
            by_line = _is_lines(b"".join(parts))
    document = b"".join(parts)
    parts.clear()
    if by_line:
        again = itertools.chain([indent + document], windows)
        yield from lines(again, Framing.NDJSON, limits, first=skipped)
        return
    if complete and (batches := whole(document, limits)) is not None:
        yield from batches
        return
    yield from documents(regroup(itertools.chain([document], windows), limits.window), limits)


def _is_lines(text: bytes) -> bool | None:
    """Whether ``text``, which begins like JSON, is a value a line; None if too early to say.

    Also lines are what cannot be a document: a first line torn off inside a string or between two
    members, or with something behind its value that is not JSON.
    """
    end = text.find(b"\n")
    after = skip_space(text, end) if end >= 0 else len(text)
    if after == len(text):
        return None
    line = text[:end].rstrip(_SPACE)
    structure = Structure()
    try:
        at, ended = structure.advance(line, 0)
    except Mismatch:
        return True
    if ended:
        at = skip_space(line, at)
        return at == len(line) or line[at : at + 1] not in (b"{", b"[", b",")
    if structure.in_string:
        return True
    return line.endswith(b",") and structure.innermost == b"{"[0] and text[after] == b"{"[0]


def _is_binary(head: bytes) -> bool:
    """Judged by the share of control bytes.

    A single NUL, which an attacker can have logged, must not be enough to make a log unread.
    """
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > len(head) * (0.05 if b"\0" in head else 0.3)


def _binary(head: bytes, windows: Iterator[bytes]) -> Batch:
    size = len(head) + sum(len(window) for window in windows)
    reason = (
        f"binary content: only its hash and first {_BINARY_KEPT >> 10} KiB are kept; "
        f"{size} bytes total"
    )
    return Batch(Framing.BINARY, (), (), (Fragment(head[:_BINARY_KEPT], 0, reason),))
