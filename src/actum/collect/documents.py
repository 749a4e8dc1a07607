"""JSON documents of any size, split into their elements window by window.

:func:`~actum.collect.whole.whole` is the common and fast way; this is the way for everything else:
documents too big for that, several one after another, and documents ``msgspec`` refuses.  Values
are passed over by structure, and inside arrays it asks ``msgspec`` for whole windows where it can
guess a boundary.  The guess cannot be wrong unseen: if ``[`` + slice + ``]`` is an array, the slice
holds exactly its elements.

A big envelope is split as soon as its records begin, so what follows them cannot make it a record
again (``whole`` would say so for a second array of objects): it goes into the wrapper.

A stray comma between top-level objects is passed over (lines copied out of an array have them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from actum.collect.batch import Batch, Fragment, Framing, Gathering, fragments
from actum.collect.cursor import END, Cursor
from actum.collect.envelope import HITS, key_text, may_wrap, names_records
from actum.collect.guess import Guess
from actum.collect.structure import Mismatch, Structure
from actum.collect.whole import ELEMENTS, REFUSALS, size_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from actum.collect.limits import Limits

__all__ = ["documents"]

_EARLY: Final = 64 << 10


def documents(windows: Iterator[bytes], limits: Limits) -> Iterator[Batch]:
    """Every element of a run of JSON objects and arrays."""
    return _Splitter(windows, limits).split()


class _Broken(Exception):
    """Splitting cannot go on."""


class _Splitter:
    """The run of documents, and what of it is on its way out."""

    def __init__(self, windows: Iterator[bytes], limits: Limits) -> None:
        self._cursor = Cursor(windows)
        self._limits = limits
        self._position = 0
        self._out = Gathering(limits, Framing.JSON_DOCUMENT)

    # --- the run of documents

    def split(self) -> Iterator[Batch]:
        stray = False
        try:
            while (byte := self._cursor.next_byte()) != END:
                if byte == b"["[0]:
                    yield from self._reframe(Framing.JSON_ARRAY)
                    self._cursor.drop()
                    yield from self._array()
                elif byte == b"{"[0]:
                    yield from self._object()
                elif byte == b","[0] and self._position and not stray:
                    self._cursor.drop()
                    stray = True
                    continue
                else:
                    raise _Broken(  # noqa: TRY301 - as from the steps it calls
                        f"malformed: no object or array at element {self._position}"
                    )
                stray = False
        except _Broken as broken:
            if self._out.wrapper:  # members seen so far must go out, elements or not
                yield self._out.take()
            yield from self._out.rest()
            yield from self._unread(str(broken))
        else:
            yield from self._out.rest()

    def _unread(self, reason: str) -> Iterator[Batch]:
        rest = self._cursor.rest()
        yield from fragments(rest, self._out.framing, self._position, reason, self._limits)

    def _reframe(
        self, framing: Framing, wrapper: dict[str, bytes] | None = None
    ) -> Iterator[Batch]:
        """See that a batch never spans two framings, nor two envelopes."""
        if framing is not self._out.framing or wrapper is not self._out.wrapper:
            yield from self._out.rest()
        self._out.framing, self._out.wrapper = framing, wrapper

    # --- values

    def _pass_value(self, named: str) -> Generator[Batch, None, bytes | None]:
        """Move past one value and return it; None if it was so long that it went as fragments."""
        value = Structure()
        piece = 0
        while True:
            try:
                self._cursor.at, ended = value.advance(self._cursor.buf, self._cursor.at)
            except Mismatch as mismatch:
                raise _Broken(f"malformed: {mismatch}, inside {named}") from mismatch
            while self._cursor.at - self._cursor.start > self._limits.max_record:
                yield from self._cut(named, piece)
                piece += 1
            if ended:
                break
            if not self._cursor.more():
                raise _Broken(f"truncated: the document ends inside {named}")
        if self._cursor.at == self._cursor.start and not piece:
            raise _Broken(f"malformed: nothing where {named} should be")
        raw = self._cursor.buf[self._cursor.start : self._cursor.at]
        self._cursor.start = self._cursor.at
        if not piece:
            return raw
        self._out.add_fragment(self._fragment(raw, named, piece))
        return None

    def _cut(self, named: str, piece: int) -> Iterator[Batch]:
        end = self._cursor.start + self._limits.max_record
        self._out.add_fragment(
            self._fragment(self._cursor.buf[self._cursor.start : end], named, piece)
        )
        self._cursor.start = end
        yield from self._out.when_full()

    def _fragment(self, raw: bytes, named: str, piece: int) -> Fragment:
        reason = f"{named} is longer than {self._limits.max_record} bytes: fragment {piece} of it"
        return Fragment(raw, self._position, reason)

    def _element(self) -> Iterator[Batch]:
        element = yield from self._pass_value(f"element {self._position}")
        if element is not None:
            self._out.add(element, self._position)
        self._position += 1
        yield from self._out.when_full()

    # --- arrays

    def _array(self) -> Iterator[Batch]:
        """Elements up to and with the closing bracket; stands behind the opening one."""
        guess = Guess()
        byte = self._cursor.next_byte()
        while byte != b"]"[0]:
            if byte == END:
                raise _Broken(f"truncated: the document ends before element {self._position}")
            if byte == b"{"[0] and (cut := guess.boundary(self._cursor.buf, self._cursor.at)):
                yield from self._several(guess, cut)
            else:
                yield from self._element()
                guess.learn(self._cursor.buf, self._cursor.at)
            byte = self._cursor.next_byte()
            if byte == b","[0]:
                self._cursor.drop()
                byte = self._cursor.next_byte()
                if byte == b"]"[0]:
                    raise _Broken(f"malformed: no element {self._position} behind the comma")
            elif byte not in {b"]"[0], END}:
                raise _Broken(f"malformed: no comma before element {self._position}")
        self._cursor.drop()

    def _several(self, guess: Guess, cut: int) -> Iterator[Batch]:
        """Take the elements up to the guessed boundary ``cut``, or one element if it is none."""
        try:
            elements = ELEMENTS.decode(
                b"".join((b"[", memoryview(self._cursor.buf)[self._cursor.at : cut], b"]"))
            )
        except REFUSALS:
            elements = []
        longest = self._limits.max_record
        if not elements or (
            cut - self._cursor.at > longest and any(size_of(e) > longest for e in elements)
        ):
            guess.failed()
            yield from self._element()
            return
        guess.held()
        yield from self._out.rest()
        for start in range(0, len(elements), self._limits.batch_elements):
            self._out.elements = list(elements[start : start + self._limits.batch_elements])
            end = self._position + len(self._out.elements)
            self._out.positions = list(range(self._position, end))
            self._position = end
            yield self._out.take()
        self._cursor.at = cut
        self._cursor.start = self._cursor.at

    # --- objects

    def _object(self) -> Iterator[Batch]:
        cursor, longest = self._cursor, self._limits.max_record
        # A big envelope names its records early: its first megabytes need no second pass then.
        named = names_records(cursor.buf[cursor.at : cursor.at + _EARLY])
        found = self._find_records() if named else None
        if found is None:
            cursor.at = cursor.start
            whole_object = cursor.look_past(longest)
            if not named and (whole_object is None or names_records(whole_object)):
                cursor.at = cursor.start
                found = self._find_records()
        if found is not None:
            yield from self._records(*found)
            return
        several = self._position > 0
        yield from self._reframe(Framing.JSON_SEQUENCE if several else Framing.JSON_DOCUMENT)
        if whole_object is None or len(whole_object) > longest:
            cursor.at = cursor.start
            element = yield from self._pass_value(f"element {self._position}")
        else:
            element = whole_object
            cursor.start = cursor.at = cursor.start + len(element)
        if cursor.next_byte() != END:
            yield from self._reframe(Framing.JSON_SEQUENCE)
        if element is not None:
            self._out.add(element, self._position)
        self._position += 1
        yield from self._out.when_full()

    def _find_records(self) -> tuple[str, dict[str, bytes]] | None:
        """Look ahead for the array of records; stands behind its bracket if there is one.

        Nothing is handed on, and not more than one record's length is looked at: an object without
        records within that is a record.
        """
        members: dict[str, bytes] = {}
        return self._find_in(members, "")

    def _find_in(  # noqa: PLR0911 - every way in which it is no envelope
        self, members: dict[str, bytes], path: str
    ) -> tuple[str, dict[str, bytes]] | None:
        """Look through the members of the object here; ``path`` is that of the object itself."""
        self._cursor.step()
        byte = self._cursor.next_byte()
        while byte == b'"'[0]:
            raw_key = self._cursor.look_past(self._limits.max_record)
            if raw_key is None or self._cursor.next_byte() != b":"[0]:
                return None
            self._cursor.step()
            key = key_text(raw_key)
            byte = self._cursor.next_byte()
            if path + key in members or byte == END:
                return None
            if (
                byte == b"["[0]
                and self._cursor.begins_objects()
                and (key == HITS if path else key != HITS)
                and may_wrap(key, members, is_whole=False)
            ):
                self._cursor.drop()
                return path + key, members
            if byte == b"{"[0] and key == HITS and not path:
                before = self._cursor.at - self._cursor.start
                if found := self._find_in(dict(members), f"{HITS}."):
                    return found
                self._cursor.at = self._cursor.start + before
            value = self._cursor.look_past(self._limits.max_record)
            if value is None:
                return None
            members[path + key] = value
            if self._cursor.next_byte() != b","[0]:
                return None
            self._cursor.step()
            byte = self._cursor.next_byte()
        return None

    def _records(self, key: str, wrapper: dict[str, bytes]) -> Iterator[Batch]:
        """Take the rest of an envelope, from behind the bracket of its records."""
        yield from self._reframe(Framing.JSON_RECORDS, wrapper)
        yield from self._array()
        path, _, key = key.rpartition(".")
        yield from self._rest_of_envelope(key, f"{path}." if path else "", wrapper)
        if path:
            yield from self._rest_of_envelope("", "", wrapper)
        yield self._out.take()
        self._out.wrapper = None

    def _rest_of_envelope(self, key: str, path: str, wrapper: dict[str, bytes]) -> Iterator[Batch]:
        """Take members up to and with the closing brace; more of ``key`` are more records."""
        while (byte := self._cursor.next_byte()) == b","[0]:
            self._cursor.drop()
            self._cursor.next_byte()
            raw_key = yield from self._pass_value("a member of the envelope")
            name = key_text(raw_key or b'""')
            if self._cursor.next_byte() != b":"[0]:
                raise _Broken(f"malformed: no colon behind the envelope's member {name!r}")
            self._cursor.drop()
            if (
                self._cursor.next_byte() == b"["[0]
                and name == key
                and self._cursor.begins_objects()
            ):
                self._cursor.drop()
                yield from self._array()
                continue
            yield from self._member(path + name, wrapper)
        if byte != b"}"[0]:
            what = "truncated: the document ends" if byte == END else "malformed: no end"
            raise _Broken(f"{what} in the envelope behind element {self._position}")
        self._cursor.drop()

    def _member(self, name: str, wrapper: dict[str, bytes]) -> Iterator[Batch]:
        value = yield from self._pass_value(f"the envelope's member {name!r}")
        if value is None:
            return
        if name in wrapper:
            reason = f"the envelope has a second member {name!r}"
            self._out.add_fragment(Fragment(value, self._position, reason))
        else:
            wrapper[name] = value
