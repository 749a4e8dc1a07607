"""The pipeline: deliveries in, durable records out.  Read this file first.

1. A collector yields a delivery: bytes, and where they came from.
2. Its content is framed into elements, in batches; what cannot be split is kept as fragments.
3. The sources say whose each element is, and how it would be known again.
4. The log stores what is new, and says under which index; a duplicate is counted, not stored.
5. When the last element of a delivery is durable, the delivery itself becomes a record: hashes,
   counts, what was left unread.  Its cursor moves in the same transaction.

Reading and splitting go on in this thread while the log writes in another: the one holds the
interpreter, the other mostly the engine.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import msgspec
import numpy as np

from actum.collect import Delivery, Framing, Unreadable, frame
from actum.log.batch import Batch
from actum.log.log import Appended, Log
from actum.proof.leaf import record_id
from actum.record import Kind, Micros, Provenance, RecordId, Spelling
from actum.sources import SOURCES, Claims, Recognition, Source, Told, claim_all, unread
from actum.sources import actum as own

__all__ = ["Account", "By", "Interrupted", "Totals", "ingest"]

BATCH_RECORDS = 65_536
BATCH_BYTES = 96 << 20
"""A batch is handed to the log when it holds this much: what bounds memory."""

_MOST_REASONS = 20
FALLBACKS = ("csv", "json", "text")
"""The sources that keep a record without knowing what it means."""

_JSON_FRAMINGS = frozenset(
    (Framing.NDJSON, Framing.JSON_ARRAY, Framing.JSON_RECORDS, Framing.JSON_DOCUMENT,
     Framing.JSON_SEQUENCE, Framing.PARQUET, Framing.EVTX)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class By:
    """Who reads: the operating system's user and the machine, recorded with each delivery."""

    user: str
    host: str


@dataclass(slots=True)
class Account:
    """What became of one delivery.  ``split = records + duplicates``, always.

    ``records`` counts what was stored, and among them ``copies`` (an act already known, told in
    other bytes) and ``conflicts`` (a known id, saying something else).  ``unread`` is the part of
    them that could not be split, each with its reason.  ``first`` and ``last`` are indexes, -1 when
    nothing was stored.  Of a text, ``headers`` counts the lines that are no record but say how the
    others are to be read, and ``joined`` those that are not the first of their record: its lines,
    the blank ones aside, are ``split + headers + joined``.
    """

    origin: str
    received: Micros
    modified: int | None = None
    framing: str = "empty"
    split: int = 0
    records: int = 0
    duplicates: int = 0
    copies: int = 0
    conflicts: int = 0
    unread: int = 0
    first: int = -1
    last: int = -1
    fault: str = ""
    stored_size: int = 0
    stored_sha256: str = ""
    content_size: int = 0
    content_sha256: str = ""
    headers: int = 0
    joined: int = 0
    reasons: list[str] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    """Duplicates by source."""
    wrapper: dict[str, str] = field(default_factory=dict)

    def tell(self, position: int, reason: str) -> None:
        """Count something that could not be split or read as it should."""
        self.unread += 1
        if len(self.reasons) < _MOST_REASONS:
            self.reasons.append(f"#{position}: {reason}")

    @property
    def troubled(self) -> bool:
        """Whether something in it was not read."""
        return bool(self.fault or self.unread or self.conflicts)


@dataclass(slots=True)
class Totals:
    """The sum of all accounts, and what could not even be opened."""

    deliveries: int = 0
    split: int = 0
    records: int = 0
    duplicates: int = 0
    copies: int = 0
    conflicts: int = 0
    unread: int = 0
    content_size: int = 0
    faults: int = 0
    first: int = -1
    sources: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)
    unknown: list[tuple[str, str, int]] = field(default_factory=list)
    """(origin, general source, records) of deliveries that hold what no source knows."""

    def add(self, account: Account) -> None:
        """Count one delivery in."""
        self.deliveries += 1
        self.split += account.split
        self.records += account.records
        self.duplicates += account.duplicates
        self.copies += account.copies
        self.conflicts += account.conflicts
        self.unread += account.unread
        self.content_size += account.content_size
        self.faults += bool(account.fault)
        self.sources.update(account.sources)
        self.unknown += [
            (account.origin, name, account.sources[name])
            for name in FALLBACKS
            if account.sources[name] > account.unread
        ]
        if account.first >= 0 and (self.first < 0 or account.first < self.first):
            self.first = account.first


Seen = Callable[[int, int], None]
"""Told (stored bytes read so far, records so far) now and then."""


class Interrupted(KeyboardInterrupt):
    """Raised by a ``seen`` to stop early: what was read up to then is stored before `ingest` ends.

    The delivery it stopped in gets no record of its own, so reading it again stores the rest.
    """


def ingest(
    log: Log,
    arrivals: Iterable[Delivery | Unreadable],
    *,
    feed: str,
    by: By,
    done: Callable[[Account], None] = lambda _: None,
    seen: Seen = lambda _read, _records: None,
    sources: Mapping[str, Source] = SOURCES,
    told: Callable[[str], Told | None] = lambda _: None,
) -> Totals:
    """Read every delivery into the log; returns when all of it is durable.

    ``told`` says of a delivery's origin what somebody knows it to be, None to recognise it.

    ``done`` is called once a delivery, when its record is durable.  Raises what the log raises:
    then everything acknowledged before is safe, and reading the same deliveries again stores the
    rest.
    """
    run = _Run(log, feed, by, done, sources, told)
    stored = 0
    with ThreadPoolExecutor(1, thread_name_prefix="actum-append") as writer:
        run.writer = writer
        try:
            for arrival in arrivals:
                if isinstance(arrival, Unreadable):
                    run.totals.unreadable.append(arrival)
                    continue
                run.read(arrival, lambda read, base=stored: seen(base + read, run.split))  # type: ignore[misc]
                stored += arrival.stored_size
            run.finish()
        except Interrupted:
            run.finish()
            raise
        finally:
            run.settle_pending()
    seen(stored, run.split)
    return run.totals


@dataclass(slots=True)
class _Span:
    """Rows ``start`` … ``stop - 1`` of a batch belong to this account."""

    account: Account
    start: int
    stop: int


_Pending = tuple[Future[Appended], list[str], list[_Span], list[Account], list[Account]]


class _Run:
    """One call of `ingest`."""

    def __init__(  # noqa: PLR0917 - made in one place, right above
        self,
        log: Log,
        feed: str,
        by: By,
        done: Callable[[Account], None],
        sources: Mapping[str, Source],
        told: Callable[[str], Told | None],
    ) -> None:
        self.log = log
        self.feed = feed
        self.by = by
        self.done = done
        self.sources = sources
        self.told = told
        self.totals = Totals()
        self.split = 0
        self.writer: ThreadPoolExecutor
        self._batch = Batch()
        self._spans: list[_Span] = []
        self._complete: list[Account] = []
        self._reporting: list[Account] = []
        self._cursors: dict[tuple[str, str], str] = {}
        self._pending: _Pending | None = None

    def read(self, delivery: Delivery, seen: Callable[[int], None]) -> None:
        """Take steps 2 and 3, and step 4 as often as a batch is full."""
        origin = delivery.origin.encode("utf-8", "surrogateescape").decode(
            "utf-8", "backslashreplace"
        )
        account = Account(origin, Micros(time.time_ns() // 1000), delivery.modified)
        recognition = Recognition(origin, self.sources, self.told(origin))
        for part in frame(delivery.read_chunks()):
            account.framing = part.framing.name.lower()
            if part.wrapper:
                account.wrapper = {
                    name: value[:65_536].decode("utf-8", "backslashreplace")
                    for name, value in part.wrapper.items()
                }
            if part.elements:
                found = claim_all(
                    [bytes(each) for each in part.elements], origin, part.positions,
                    is_json=part.framing in _JSON_FRAMINGS, is_text=part.framing is Framing.TEXT,
                    sources=self.sources, recognition=recognition,
                )  # fmt: skip
                self._keep(account, found)
            for fragment in part.unread:
                self._keep_unread(account, fragment.raw, fragment.position, fragment.reason)
            seen(delivery.stored_read)
            if len(self._batch) >= BATCH_RECORDS or self._batch.size >= BATCH_BYTES:
                self._flush()
        self._keep(account, recognition.rest())
        if recognition.headers:
            header = b"\n".join(recognition.headers)[:65_536]
            account.wrapper["header"] = header.decode("utf-8", "backslashreplace")
        account.headers, account.joined = len(recognition.headers), recognition.joined
        account.fault = str(delivery.fault) if delivery.fault else ""
        account.stored_size, account.stored_sha256 = delivery.stored_size, delivery.stored_sha256
        account.content_size = delivery.content_size
        account.content_sha256 = delivery.content_sha256
        self._complete.append(account)

    def _keep(self, account: Account, found: Claims) -> None:
        start = len(self._batch)
        self._batch.extend(
            received=account.received, feed=self.feed, origin=account.origin,
            positions=found.positions, ids=found.ids, sources=found.sources, raws=found.raws,
        )  # fmt: skip
        account.sources.update(_names(found.sources))
        for position, reason in found.unread:
            account.tell(position, reason)
        self._count(account, start)

    def _count(self, account: Account, start: int) -> None:
        added = len(self._batch) - start
        account.split += added
        self.split += added
        if added:
            self._spans.append(_Span(account, start, len(self._batch)))

    def _keep_unread(self, account: Account, raw: bytes, position: int, reason: str) -> None:
        source, identity = unread(raw, account.origin, position, reason)
        start = len(self._batch)
        self._batch.add(
            kind=Kind.RECORD, received=account.received, feed=self.feed,
            record_id=identity, provenance=Provenance(account.origin, position),
            source=source, raw=raw,
        )  # fmt: skip
        account.sources["text"] += 1
        account.tell(position, reason)
        self._count(account, start)

    # -- step 4: hand a batch to the log, learn what became of the one before ----------------------

    def _flush(self) -> None:
        self.settle_pending()
        batch, spans, complete = self._batch, self._spans, self._complete
        reporting, cursors = self._reporting, self._cursors
        self._batch, self._spans, self._complete = Batch(), [], []
        self._reporting, self._cursors = [], {}
        future = self.writer.submit(self.log.append, batch, cursors=cursors)
        self._pending = (future, batch.sources, spans, complete, reporting)

    def settle_pending(self) -> None:
        """Wait for the batch on its way, and do step 5 for deliveries that are now complete."""
        if self._pending is None:
            return
        (future, sources, spans, complete, reporting), self._pending = self._pending, None
        outcome = future.result()
        for span in spans:
            _tally(span, outcome, sources)
        for account in complete:
            self._report(account)
        for account in reporting:
            self.done(account)

    def finish(self) -> None:
        """Flush until nothing is left: the last deliveries' own records take a round more."""
        while len(self._batch) or self._spans or self._complete or self._pending:
            if len(self._batch) or self._spans or self._complete:
                self._flush()
            self.settle_pending()

    # -- step 5: the delivery becomes a record ---------------------------------------------------

    def _report(self, account: Account) -> None:
        self.totals.add(account)
        key = f"{account.origin}\0{account.content_sha256}".encode("utf-8", "surrogateescape")
        self._batch.add(
            kind=Kind.DELIVERY, received=account.received, feed=self.feed,
            record_id=RecordId(record_id(Kind.DELIVERY, own.NAME, key)),
            provenance=Provenance(account.origin, 0), source=own.NAME,
            raw=delivery_record(account, feed=self.feed, by=self.by),
        )  # fmt: skip
        self._cursors[self.feed, account.origin] = account.content_sha256
        self._reporting.append(account)


def _names(sources: list[str]) -> Counter[str]:
    """Records by the source's name, whatever their forms."""
    found: Counter[str] = Counter()
    for spelled, count in Counter(sources).items():
        found[Spelling.parse(spelled).source] += count
    return found


def _tally(span: _Span, outcome: Appended, sources: list[str]) -> None:
    """Count the rows of one delivery in one batch."""
    account = span.account
    fresh = outcome.fresh[span.start : span.stop]
    stored = outcome.indexes[span.start : span.stop][fresh]
    account.records += len(stored)
    account.duplicates += len(fresh) - len(stored)
    if len(stored) < len(fresh):
        known = np.flatnonzero(~fresh) + span.start
        account.repeated.update(_names([sources[row] for row in known]))
    account.copies += int(np.isin(outcome.copies, np.arange(span.start, span.stop)).sum())
    account.conflicts += int(np.isin(outcome.conflicts, np.arange(span.start, span.stop)).sum())
    if len(stored):
        account.first = int(stored[0]) if account.first < 0 else account.first
        account.last = int(stored[-1])


def delivery_record(account: Account, *, feed: str, by: By) -> bytes:
    """Return the record of one delivery (docs/spec/log-format.md §3.2)."""
    record: dict[str, object] = {
        "actum": "delivery/v1",
        "time": _iso(account.received),
        "by": {"user": by.user, "host": by.host},
        "feed": feed,
        "origin": account.origin,
        "modified": None if account.modified is None else _iso(account.modified),
        "stored": {"size": account.stored_size, "sha256": account.stored_sha256},
        "content": {"size": account.content_size, "sha256": account.content_sha256},
        "framing": account.framing,
        "split": account.split,
        "records": account.records,
        "first": None if account.first < 0 else account.first,
        "last": None if account.last < 0 else account.last,
        "duplicates": account.duplicates,
        "copies": account.copies,
        "conflicts": account.conflicts,
        "unread": account.unread,
        "reasons": account.reasons,
        "sources": dict(sorted(account.sources.items())),
    }
    if account.repeated:
        record["repeated"] = dict(sorted(account.repeated.items()))
    if account.headers or account.joined:
        record["headers"], record["joined"] = account.headers, account.joined
    if account.fault:
        record["fault"] = account.fault
    if account.wrapper:
        record["wrapper"] = account.wrapper
    return msgspec.json.encode(record)


def _iso(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:06d}Z"
