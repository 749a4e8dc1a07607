"""Writes the demo: as the bucket CloudTrail would have filled, or as a few large files.

``s3``      AWSLogs/<account>/CloudTrail/<region>/YYYY/MM/DD/….json.gz, each ``{"Records":[…]}``,
            with one file delivered twice and one cut short.
``ndjson``  events-000.ndjson.gz, …: a record a line, up to a million a file, nothing broken.

The same events, seed, shape and level give the same bytes on the same zlib; the text inside is the
same everywhere.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from isal import isal_zlib

from actum.demo.answers import ANSWERS, delivery_path
from actum.demo.background import Background, Hour
from actum.demo.cast import FIRST_SECOND, LAST_SECOND
from actum.demo.oddities import cut_short
from actum.demo.story import acts
from actum.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["DemoFiles", "write_demo"]

_LEAST: Final = 1_000
_MOST: Final = 10_000_000
_IN_ONE_FILE: Final = 1_000_000
_SPANS: Final = (300, 900, 3600, 14_400, 86_400)  # how long a file of one account and region lasts
_WORTH_A_FILE: Final = 60
_GZIP: Final = 31
_ISAL_LEVELS: Final = 3  # above, zlib presses harder

_Stream = tuple[str, str]  # account, region


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What was written.

    ``events`` counts each record once; ``duplicates`` are the records of the file delivered again.
    The file cut short is among ``paths`` and its records are in no count.
    """

    folder: Path
    paths: tuple[Path, ...]
    events: int
    planted: int
    duplicates: int
    corrupt: Path | None
    size: int
    """Bytes of all events as JSON, before compression and without separators."""


def write_demo(
    folder: Path,
    *,
    events: int = 20_000,
    seed: int = 7,
    shape: Literal["s3", "ndjson"] = "s3",
    level: int = 6,
    progress: Callable[[int], None] | None = None,
) -> DemoFiles:
    """Write exactly that many events below ``folder``, the planted ones among them.

    ``level`` is gzip's; ``progress`` is called with the number of events written so far.
    """
    if not _LEAST <= events <= _MOST:
        raise UsageError(
            f"a demo cannot have {events:,} events",
            why=f"the planted story needs {_LEAST:,} to hide in, and {_MOST:,} is the most",
            todo="choose a number between the two",
        )
    planted = len(acts())
    background = Background(events - planted, seed)
    write = _write_s3 if shape == "s3" else _write_ndjson
    paths, size = write(folder, _merged(background), events, level, progress)
    corrupt = None
    if shape == "s3":
        paths += _write_odd_files(folder, level)
        corrupt = folder / ANSWERS.corrupt_file
    return DemoFiles(
        folder=folder,
        paths=tuple(sorted(paths)),
        events=events,
        planted=planted,
        duplicates=ANSWERS.duplicate_records if shape == "s3" else 0,
        corrupt=corrupt,
        size=size,
    )


def _merged(background: Background) -> Iterator[Hour]:
    """Put each planted record where it is delivered."""
    waiting = list(acts())
    for number, hour in enumerate(background.hours()):
        end = FIRST_SECOND + 3600 * (number + 1)
        while waiting and waiting[0].second < end:
            act = waiting.pop(0)
            place = bisect_right(hour.seconds, act.second)
            hour.seconds.insert(place, act.second)
            hour.streams.insert(place, _stream(act.record))
            hour.lines.insert(place, _json(act.record))
        yield hour


def _stream(record: dict[str, Any]) -> _Stream:
    return record["recipientAccountId"], record["awsRegion"]


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class _Open:
    """A file of one account and region that is still being filled."""

    end: int
    last: int = 0
    lines: list[bytes] = field(default_factory=list)


# A bucket ---------------------------------------------------------------------------------------


def _write_s3(
    folder: Path,
    hours: Iterator[Hour],
    events: int,
    level: int,
    progress: Callable[[int], None] | None,
) -> tuple[list[Path], int]:
    paths: list[Path] = []
    open_files: dict[_Stream, _Open] = {}
    spans: dict[_Stream, int] = {}
    done = size = 0

    def close(stream: _Stream) -> None:
        nonlocal done
        file = open_files.pop(stream)
        # CloudTrail names a file for the five minutes it was delivered in
        when = min(file.last - file.last % 300 + 300, LAST_SECOND)
        paths.append(_put(folder / delivery_path(*stream, when, ""), _body(file.lines), level))
        done += len(file.lines)
        if progress is not None:
            progress(done)

    for hour in hours:
        if not spans:
            spans = _choose_spans(hour, events)
        for second, stream, line in zip(hour.seconds, hour.streams, hour.lines, strict=True):
            found = open_files.get(stream)
            if found is not None and second >= found.end:
                close(stream)
                found = None
            if found is None:
                span = spans.get(stream, _SPANS[-1])
                found = open_files[stream] = _Open(second - second % span + span)
            found.lines.append(line)
            found.last = second
            size += len(line)
    for stream in list(open_files):
        close(stream)
    return paths, size


def _choose_spans(hour: Hour, events: int) -> dict[_Stream, int]:
    """Give each account and region files of a size worth opening, judged by the first hour."""
    seen: dict[_Stream, int] = {}
    for stream in hour.streams:
        seen[stream] = seen.get(stream, 0) + 1
    a_second = {
        stream: count / len(hour.streams) * events / (LAST_SECOND - FIRST_SECOND)
        for stream, count in seen.items()
    }
    return {
        stream: next((span for span in _SPANS if rate * span >= _WORTH_A_FILE), _SPANS[-1])
        for stream, rate in a_second.items()
    }


def _body(lines: list[bytes]) -> bytes:
    """Wrap the records; their order is nearly, but as in reality not quite, that of time."""
    for place in range(0, len(lines) - 4, 7):
        lines[place], lines[place + 3] = lines[place + 3], lines[place]
    return b'{"Records":[' + b",".join(lines) + b"]}"


def _write_odd_files(folder: Path, level: int) -> list[Path]:
    """Deliver one file a second time under another name, and another one cut short."""
    first, again = (folder / name for name in ANSWERS.duplicate_files)
    again.write_bytes(first.read_bytes())
    cut = folder / ANSWERS.corrupt_file
    _put(cut, _body([_json(record) for record in cut_short()]), level)
    whole = cut.read_bytes()
    cut.write_bytes(whole[: len(whole) * 3 // 5])
    return [again, cut]


def _put(path: Path, body: bytes, level: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    packer = _packer(level)
    path.write_bytes(packer.compress(body) + packer.flush())
    return path


# Large files ------------------------------------------------------------------------------------


def _write_ndjson(
    folder: Path,
    hours: Iterator[Hour],
    events: int,
    level: int,
    progress: Callable[[int], None] | None,
) -> tuple[list[Path], int]:
    folder.mkdir(parents=True, exist_ok=True)
    count = -(-events // _IN_ONE_FILE)
    ends = [events * (number + 1) // count for number in range(count)]
    paths = [folder / f"events-{number:03d}.ndjson.gz" for number in range(count)]
    done = size = 0
    lines: list[bytes] = []
    for path, end in zip(paths, ends, strict=True):
        packer = _packer(level)
        with path.open("wb") as file:
            while done < end:
                if not lines:
                    lines = next(hours).lines
                    continue
                part, lines = lines[: end - done], lines[end - done :]
                text = b"\n".join(part) + b"\n"
                file.write(packer.compress(text))
                done += len(part)
                size += len(text) - len(part)
                if progress is not None:
                    progress(done)
            file.write(packer.flush())
    return paths, size


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _packer(level: int) -> _Packer:
    """Make a gzip writer whose header holds no time and no name."""
    if level <= _ISAL_LEVELS:
        packer: _Packer = isal_zlib.compressobj(level, wbits=_GZIP)
        return packer
    return zlib.compressobj(level, wbits=_GZIP)
