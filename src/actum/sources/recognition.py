"""Whose the records of one delivery are, and by what each is known again.

Rules:

1. What the user said comes first: a source told by name reads every record it can.
2. Then the particular sources, of which at most one claims a record, so that the order does not
   matter: the one that claimed the record before is asked first, then those the record may be of
   (`actum.sources.shortlist`).
3. Then what lies inside a wrapping another service put around it (`actum.sources.envelopes`).
4. Then the general sources, in their order, down to ``json`` and ``text``, which takes everything.
5. A text is cut into records by the first source that knows its beginning (`TextSource.lines`).
   Lines it does not want are records by themselves and go the way of 2 to 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec

from actum.errors import UsageError
from actum.proof.leaf import id_prefix
from actum.record import Kind, Spelling
from actum.sources import envelopes, json, text
from actum.sources.reading import WRAPPED
from actum.sources.seam import Claim, Piece, Source, Splitter, TextSource
from actum.sources.shortlist import Shortlist

__all__ = [
    "GENERAL",
    "Claimant",
    "Claims",
    "Recognition",
    "Rereader",
    "Told",
    "is_general",
    "placed",
    "unread",
]

HEAD = 64
"""How many lines a source is shown to know a text by."""
_PLACED = id_prefix(Kind.RECORD, "")


@dataclass(frozen=True, slots=True)
class Told:
    """What a user said a delivery is: a source, and what it needs to know of its format."""

    source: str
    options: str = ""


@dataclass(slots=True)
class Claims:
    """Many records, whose each is, and their 16-byte record ids joined."""

    raws: list[bytes] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    each_id: list[bytes] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    """Position and reason of those that a splitter could not cut as they should be."""

    @property
    def ids(self) -> bytes:
        """The ids of all, joined."""
        return b"".join(self.each_id)

    def join(self, more: Claims) -> None:
        """Add those of a later batch."""
        self.raws += more.raws
        self.positions += more.positions
        self.sources += more.sources
        self.each_id += more.each_id
        self.unread += more.unread


class Claimant:
    """Asks the sources whose a record is."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        # What a user declared is asked before all we know: that is why it was declared.
        self._declared = [each for each in sources.values() if getattr(each, "DECLARED", False)]
        self._shortlist = Shortlist(
            [
                each
                for name, each in sources.items()
                if not is_general(name) and each not in self._declared
            ],
            [each for name, each in sources.items() if is_general(name)],
        )
        self._last: Source | None = None

    def claim(self, raw: bytes) -> Claim:
        """Whose this record is.  `text` takes what nobody else does."""
        found = self._again(raw)
        if found is not None:
            return found
        asked = self._shortlist.of(raw)
        found = self._first(asked.particular, raw)
        if found is None and asked.is_opened:
            found = self._wrapped(raw)
        if found is not None:
            return found
        for source in asked.general:
            found = source.claim(raw)
            if found is not None:
                return found
        return Claim(text.NAME, b"", confidence=0.0)

    def _of_its_own(self, raw: bytes) -> Claim | None:
        return self._again(raw) or self._first(self._shortlist.of(raw).particular, raw)

    def _again(self, raw: bytes) -> Claim | None:
        """What is declared comes first, then the source of the record before."""
        for source in self._declared:
            if (found := source.claim(raw)) is not None:
                return found
        return None if self._last is None else self._last.claim(raw)

    def _first(self, asked: Iterable[Source], raw: bytes) -> Claim | None:
        for source in asked:
            if source is not self._last and (found := source.claim(raw)) is not None:
                self._last = source
                return found
        return None

    def _wrapped(self, raw: bytes) -> Claim | None:
        """A wrapping, if most of what somebody claims inside it is one source's."""
        inner = [self._of_its_own(each) for each in envelopes.unwrap(raw)]
        found = Counter(each.source for each in inner if each is not None)
        if not found:
            return None
        [(name, _)] = found.most_common(1)
        first = next(each for each in inner if each is not None and each.source == name)
        return Claim(name, first.key if len(inner) == 1 else b"", WRAPPED, first.confidence)


GENERAL = ("actum", "cloudevents", "ecs", "syslog", "csv", "json", "text")
"""Sources of forms that other sources' records may have too, in the order they are asked."""


def is_general(name: str) -> bool:
    """Whether a source is asked only when no particular one claims a record."""
    return name in GENERAL


class Recognition:
    """The records of one delivery.  Give it the elements in order, then ask for the rest."""

    def __init__(
        self, origin: str, sources: Mapping[str, Source], told: Told | None = None
    ) -> None:
        self._place = origin.encode("utf-8", "surrogateescape")
        self._sources = sources
        self._told = told
        self._claimant = Claimant(sources)
        self._splitter: tuple[Source, Splitter] | None = None
        self._is_begun = False
        self._spelled: dict[tuple[str, str, str], str] = {}
        self._prefixes: dict[str, bytes] = {}
        self.joined = 0
        """Lines that are not the first of their record."""
        self.sure: dict[str, float] = {}
        """How surely the last record of each source was recognised."""

    @property
    def is_free(self) -> bool:
        """Whether nobody said what the delivery is."""
        return self._told is None

    @property
    def headers(self) -> Sequence[bytes]:
        """Lines that are no record but say how the others are to be read."""
        return self._splitter[1].headers if self._splitter else ()

    def take(
        self, raws: Sequence[bytes], positions: Sequence[int], *, is_json: bool, is_text: bool
    ) -> Claims:
        """Whose these elements are.

        ``is_json`` says that the delivery is framed as JSON, so that an element that is not JSON is
        not just a line of text but an unread record; ``is_text`` that it is framed as lines.
        """
        if is_text and not self._is_begun:
            self._is_begun = True
            self._splitter = self._find_splitter(raws[:HEAD])
        if is_text and self._splitter is not None:
            return self._pieces(self._splitter[1].take(raws, positions))
        claims = Claims()
        for raw, position in zip(raws, positions, strict=True):
            self._add(claims, raw, position, self._claim(raw), is_json=is_json)
        return claims

    def rest(self) -> Claims:
        """What a text's splitter still held back."""
        return self._pieces(self._splitter[1].rest() if self._splitter else ())

    def _find_splitter(self, head: Sequence[bytes]) -> tuple[Source, Splitter] | None:
        if self._told is not None:
            source = self._sources[self._told.source]
            if not isinstance(source, TextSource):
                return None
            try:
                own = source.lines(head, self._told.options)
            except ValueError as error:
                raise UsageError(
                    f"the options {self._told.options!r} are not those of {source.NAME}",
                    why=str(error),
                    todo=f"see docs/sources/{source.NAME}.md",
                ) from error
            return None if own is None else (source, own)
        for source in self._sources.values():
            if isinstance(source, TextSource) and (found := source.lines(head, "")) is not None:
                return source, found
        return None

    def _pieces(self, pieces: Iterable[Piece]) -> Claims:
        claims = Claims()
        for piece in pieces:
            self.joined += piece.lines - 1
            if piece.form is None or self._splitter is None:
                self._add(claims, piece.raw, piece.position, self._claimant.claim(piece.raw))
                continue
            claim = Claim(self._splitter[0].NAME, piece.key, piece.form)
            self._add(claims, piece.raw, piece.position, claim, reason=piece.reason)
        return claims

    def _claim(self, raw: bytes) -> Claim:
        if self._told is None:
            return self._claimant.claim(raw)
        source = self._sources[self._told.source]
        if self._told.options and (found := self._wrapped_lines(source, raw)) is not None:
            return found
        own = {source.NAME: source, text.NAME: self._sources[text.NAME]}
        claim = source.claim(raw) or Claimant(own).claim(raw)
        return claim if claim.source == source.NAME else Claim(source.NAME, b"")

    def _wrapped_lines(self, source: Source, raw: bytes) -> Claim | None:
        """Lines in a wrapping, of a format somebody told: no header says it there."""
        for line in envelopes.unwrap(raw):
            found = self._find_splitter([line])
            if found is None:
                return None
            pieces = [*found[1].take([line], [0]), *found[1].rest()]
            if pieces and pieces[0].form:
                return Claim(source.NAME, b"", f"{WRAPPED}:{pieces[0].form}")
        return None

    def _add(
        self,
        claims: Claims,
        raw: bytes,
        position: int,
        claim: Claim,
        *,
        is_json: bool = False,
        reason: str = "",
    ) -> None:
        source = claim.source
        if reason:
            claims.unread.append((position, reason))
        elif is_json and source == text.NAME and (reason := _fault(raw)):
            source = json.NAME
        self.sure[source] = claim.confidence
        claims.raws.append(raw)
        claims.positions.append(position)
        claims.sources.append(self._spell(source, claim.form, reason))
        if claim.key:
            prefix = self._prefixes.get(source) or self._prefix(source)
            claims.each_id.append(sha256(prefix + claim.key).digest()[:16])
        else:
            claims.each_id.append(placed(raw, self._place, position))

    def _spell(self, source: str, form: str, reason: str) -> str:
        """Spell the stored source; the few there are are shared by all records."""
        spelled = self._spelled.get((source, form, reason))
        if spelled is None:
            spelled = str(Spelling(source, form, reason=reason))
            if not reason:
                self._spelled[source, form, reason] = spelled
        return spelled

    def _prefix(self, source: str) -> bytes:
        found = self._prefixes[source] = id_prefix(Kind.RECORD, source)
        return found


class Rereader:
    """Says what records that are stored would be taken for now."""

    def __init__(self, sources: Mapping[str, Source], told: Callable[[str], Told | None]) -> None:
        self._sources = sources
        self._claimant = Claimant(sources)
        self._told: dict[str, Told | None] = {}
        self._ask = told

    def again(self, spelled: str, origin: str, position: int, raw: bytes) -> str:
        """The source to store; the one that is stored unless something else is known now."""
        if origin not in self._told:
            self._told[origin] = self._ask(origin)
        told, stored = self._told[origin], Spelling.parse(spelled)
        if stored.copy_of is not None:
            return spelled
        if told is not None:
            if stored.source == told.source and not told.options:
                return spelled
            return self._as_told(told, origin, position, raw) or spelled
        if stored.reason or stored.source == "actum" or not is_general(stored.source):
            return spelled
        found = self._claimant.claim(raw)
        if GENERAL.index(stored.source) <= _rank(found.source):
            return spelled
        return str(Spelling(found.source, found.form))

    def _as_told(self, told: Told, origin: str, position: int, raw: bytes) -> str:
        """What it is if it is what somebody said; "" if its lines make no one record of that."""
        recognition = Recognition(origin, self._sources, told)
        is_text = not raw.lstrip().startswith((b"{", b"["))
        found = [
            *recognition.take([raw], [position], is_json=not is_text, is_text=is_text).sources,
            *recognition.rest().sources,
        ]
        return found[0] if len(found) == 1 else ""


def _rank(name: str) -> int:
    return GENERAL.index(name) if name in GENERAL else -1


def unread(raw: bytes, origin: str, position: int, reason: str) -> tuple[str, bytes]:
    """The stored source and record id of bytes that could not be split into records."""
    place = origin.encode("utf-8", "surrogateescape")
    return str(Spelling(text.NAME, reason=reason)), placed(raw, place, position)


def placed(raw: bytes, origin: bytes, position: int) -> bytes:
    """The id of a record that has none of its own: its delivery, its place there, its content.

    No source is named in it: read as something else later, the record is still the same.
    """
    place = b"at\0%b#%d\0" % (origin, position)
    return sha256(_PLACED + place + sha256(raw).digest()).digest()[:16]


def _fault(raw: bytes) -> str:
    """Why an element of a JSON delivery is not JSON."""
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except RecursionError:
        return "not valid JSON: nested too deeply"
    except (msgspec.MsgspecError, ValueError) as error:
        return f"not valid JSON: {error}"
    return ""
