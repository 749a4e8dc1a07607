"""Checks a source, ours or yours, against everything the house promises of one.

    from actum.testing import check_source
    assert check_source(my_source, Path("pairs")) == []

A source is shown by golden pairs, named by what happened: ``login_failed.raw`` is a delivery, as
short as it can be: one raw record, with the header its format may need before it; and
``login_failed.ocsf`` what it is read as: our sentence, the questions it leaves open, and the nested
OCSF form, for each event of it.

``python -m actum.testing`` checks the pairs of every source Actum ships, or of those it is told by
name; with ``--update`` it first writes their ``.ocsf`` anew from the ``.raw``.  Read the difference
before you keep it: it is what your change means.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from actum.log.home import Home
from actum.log.log import Log
from actum.ocsf import COLUMNS, problems, sentence, to_ocsf
from actum.record import Spelling
from actum.sources import SOURCES, Claims, Mappings, Source, is_general
from actum.sources.shortlist import may_claim, says
from actum.trial import batch_of, events_of, read, recognise, with_source

__all__ = ["check_source", "events_of", "golden", "pairs_of", "read", "recognise", "update"]

UNKNOWN_KEY = b'"a key no mapping knows": {"kept": true}'
_CUTS = (0.02, 0.25, 0.5, 0.75, 0.98)
SUPPORTS = ("real samples", "vendor documentation", "fallback", "declared by its user")
_ASKED = ("who", "what", "on what", "when", "where", "from where", "outcome")


def check_source(source: Source, pairs: Path) -> list[str]:
    """Say what is wrong with a source, a sentence each; nothing if it keeps every promise.

    ``source`` is the module, ``pairs`` the folder of its golden pairs.  Uses a temporary log.
    """
    sources = with_source(source)
    found = [f"the mapping: {each}" for each in _of_mapping(source)]
    raws = pairs_of(pairs)
    if not raws:
        return [*found, f"there is no golden pair in {pairs.name!r}"]
    everything, told = Claims(), []
    for name, delivered in raws.items():
        claims = recognise(delivered, sources)
        told += [name] * len(claims.raws)
        everything.join(claims)
    read_as = read(everything.raws, everything.sources, sources)
    of_pair: dict[str, list[dict[str, Any]]] = {name: [] for name in raws}
    plain: dict[str, tuple[bytes, dict[str, Any]]] = {}
    for name, raw, spelled, events in zip(
        told, everything.raws, everything.sources, read_as, strict=True
    ):
        spelling = Spelling.parse(spelled)
        about = [*_of_claim(source, spelling, raw, sources)]
        for event in events:
            about += _of_event(event, b"" if spelling.form else raw)
            about += _of_open(source, event)
        if not spelling.form and raw.rstrip().endswith(b"}"):
            plain[name] = raw, events[0]
        of_pair[name] += events
        found += [f"{name}: {each}" for each in about]
    for name, events in of_pair.items():
        found += [f"{name}: {each}" for each in _of_golden(events, pairs / f"{name}.ocsf")]
    found += _of_cuts(source, raws, sources)
    if source.MAPPING.shape:
        found += _of_additions(source, plain, sources)
    found += _of_replay(everything, sources)
    return found


def pairs_of(folder: Path) -> dict[str, bytes]:
    """The raw records of a folder's golden pairs by what happened."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.raw"))}


def golden(events: Sequence[Mapping[str, object]]) -> str:
    """The text of a ``.ocsf`` file."""
    # A copy's place in its batch says nothing about it: only that there is another.
    placeless = [{**each, "copy_of": each["copy_of"] and 0} for each in events]
    told = [
        {"sentence": sentence(event), "open": _open(event), "event": to_ocsf(event)}
        for event in placeless
    ]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def update(source: Source, pairs: Path) -> list[str]:
    """Write the ``.ocsf`` of every ``.raw`` anew; the names of those that changed."""
    changed = []
    for name, raw in pairs_of(pairs).items():
        path, text = pairs / f"{name}.ocsf", golden(events_of(raw, source))
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(name)
    return changed


# What is asked of a mapping -----------------------------------------------------------------------


def _of_mapping(source: Source) -> Iterator[str]:
    kinds = {each.name: each.kind for each in COLUMNS}
    for name in source.MAPPING.columns:
        if name not in kinds:
            yield f"{name!r} is no column of an event"
    for name in ("NAME", "TITLE", "SUPPORT", "SIGNS"):
        if not isinstance(getattr(source, name), str):
            yield f"{name} is not text"
    if source.SUPPORT not in SUPPORTS:
        yield f"SUPPORT is none of {', '.join(SUPPORTS)}"
    for question in source.MAPPING.open:
        if question not in _ASKED:
            yield f"MAPPING.open speaks of {question!r}, which is no question"
    if source.VERSION < 1:
        yield "VERSION does not begin at 1"
    if "References" not in str(getattr(source, "__doc__", "")):
        yield "its docstring names no References"
    yield from _of_words(source)
    yield from _case_twins(source.MAPPING.shape, "$")


def _of_words(source: Source) -> Iterator[str]:
    """What it says beforehand of what it may claim."""
    if says(source) is None and (hasattr(source, "MEMBERS") or hasattr(source, "CLAIMS_TEXT")):
        yield "MEMBERS is no frozenset, or CLAIMS_TEXT beside it is no bool"


def _case_twins(shape: object, path: str) -> Iterator[str]:
    """The engine's STRUCT keys are without case: two that differ only in it are one."""
    if isinstance(shape, Mapping):
        met: set[str] = set()
        for key, value in shape.items():
            if key.lower() in met:
                yield f"{path}.{key} differs from another key of the shape in case only"
            met.add(key.lower())
            yield from _case_twins(value, f"{path}.{key}")
    elif isinstance(shape, list):
        for value in shape:
            yield from _case_twins(value, f"{path}[]")


def _of_claim(
    source: Source, spelling: Spelling, raw: bytes, sources: Mapping[str, Source]
) -> Iterator[str]:
    """Ask whose it is: its own, and of the particular sources nobody else's."""
    if spelling.source != source.NAME:
        yield f"it is claimed by {spelling.source!r}, not by {source.NAME!r}"
    if not may_claim(source, raw) and source.claim(raw) is not None:
        yield "it is claimed, and would not be asked about by MEMBERS and CLAIMS_TEXT"
    for name, other in sources.items():
        if name != source.NAME and not is_general(name) and other.claim(raw) is not None:
            yield f"{name!r} claims it as well"


# What is asked of an event ------------------------------------------------------------------------


def _of_golden(events: Sequence[Mapping[str, object]], path: Path) -> list[str]:
    if not events:
        return ["it gives no event"]
    if not path.exists():
        return [f"there is no {path.name}: write it with `python -m actum.testing --update`"]
    if path.read_text("utf-8") != golden(events):
        return [f"it is no longer read as {path.name} says"]
    return []


def _open(event: Mapping[str, object]) -> list[str]:
    """The questions the event leaves open; an unread one leaves all, with one reason."""
    if event["reason"] is not None:
        return []
    answered = {
        each.question
        for each in COLUMNS
        if event[each.name] is not None and each.name not in _NO_ANSWER
    }
    return [question for question in _ASKED if question not in answered]


def _of_open(source: Source, event: Mapping[str, object]) -> Iterator[str]:
    for question in _open(event):
        if event["reason"] is None and question not in source.MAPPING.open:
            yield f"it leaves open {question!r}, and MAPPING.open does not say why it may"


_NO_ANSWER = frozenset(
    ("received_time", "original_time", "class_uid", "activity_id", "type_uid", "severity_id")
)


_EXPLAINED = {
    "time is required and missing": "when",
    "src_endpoint is required and missing": "from where",
    "the event needs at least one of dst_endpoint, src_endpoint": "from where",
    "actor is required and missing": "who",
    "user is required and missing": "who",
    "email is required and missing": "who",
    "api is required and missing": "what",
    "api.operation is required and missing": "what",
    **dict.fromkeys(
        (
            *(f"{each} is required and missing"
              for each in ("file", "entity", "group", "job", "web_resources", "app")),
            *(f"the event needs at least one of {each}"
              for each in ("service, dst_endpoint", "privileges, group",
                           "database, databucket, table", "http_request, http_response")),
        ),
        "on what",
    ),
}  # fmt: skip
"""What the schema asks of every event and a source may not state: then the question is open."""
_UNSTATED = (
    "device is required and missing",
    "finding_info.uid is required and missing",
    "process is required and missing",
    "process needs at least one of pid, uid, cpid",
    "vulnerabilities[0] needs at least one of advisory, cve, cwe",
)
"""What the schema asks for beside an answer: a name without a number answers the question too."""


def _of_event(event: Mapping[str, Any], raw: bytes) -> Iterator[str]:
    for problem in problems(to_ocsf(event)):
        explained = problem in _UNSTATED or _EXPLAINED.get(problem) in _open(event)
        if event["reason"] is None and explained:
            continue
        if event["reason"] is None or problem not in _EXPLAINED:
            yield f"OCSF: {problem}"
    stated, time = event["original_time"], event["time"]
    if time is not None and (stated is None or _utc(stated) != time):
        yield f"the time is {time}, stated is {stated!r}"
    if stated is not None and raw and stated.encode() not in raw:
        yield f"the time {stated!r} is not in the record"
    if event["reason"] is not None:
        told = [name for name in _KNOWN_BY_READING if event[name] is not None]
        if told or event["class_uid"]:
            yield f"it is unread and yet tells {', '.join(told) or 'its class'}"


_KNOWN_BY_READING = tuple(
    each.name
    for each in COLUMNS
    if each.question in _ASKED and (each.name == "original_time" or each.name not in _NO_ANSWER)
)


def _utc(stated: str) -> datetime | None:
    """A time read by another reader than the engine's and the sources'."""
    if stated.replace(".", "", 1).isdigit():
        return _since_1970(stated)
    found = _iso(stated) or next(filter(None, (_parsed(stated, each) for each in _SPELLINGS)), None)
    if found is None:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None)


_SPELLINGS = (
    "%d/%b/%Y:%H:%M:%S %z", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%b %d %Y %H:%M:%S",
    "%b %d %Y %H:%M:%S %z", "%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %Z",
    "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%d\t%H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y, %I:%M:%S.%f %p", "%m/%d/%Y, %I:%M:%S %p", "%b %d %Y %H:%M:%S.%f %Z",
    "%a %b %d %H:%M:%S %Y", "%m/%d/%Y %H:%M:%S.%f",
)  # fmt: skip


def _iso(stated: str) -> datetime | None:
    try:
        return datetime.fromisoformat(stated)
    except ValueError:
        return None


def _parsed(stated: str, spelling: str) -> datetime | None:
    try:
        return datetime.strptime(stated, spelling)
    except ValueError:
        return None


def _since_1970(stated: str) -> datetime | None:
    """Seconds, milli-, micro- or nanoseconds since 1970, by how many digits there are."""
    whole, _, rest = stated.partition(".")
    unit = {10: 1_000_000, 13: 1_000, 16: 1}.get(len(whole))
    if len(whole) == len("1704067200000000000"):
        micros = int(whole) // 1_000
    elif unit is None:
        return None
    else:
        micros = int(whole) * unit + int((rest + "000000")[:6]) * unit // 1_000_000
    return datetime(1970, 1, 1) + timedelta(microseconds=micros)


# What must not happen -----------------------------------------------------------------------------


def _of_cuts(
    source: Source, raws: Mapping[str, bytes], sources: Mapping[str, Source]
) -> Iterator[str]:
    """Cut every delivery at several places: an event each time, never a traceback.

    A JSON record that is cut says why it cannot be read, whatever it is taken for.
    """
    cut = [
        (name, whole[: max(1, int(len(whole) * share))])
        for name, whole in ((name, raw.strip()) for name, raw in raws.items())
        for share in _CUTS
    ]
    everything, told = Claims(), []
    for place, (name, short) in enumerate(cut):
        claims = recognise(short, sources)
        if not claims.raws and short.startswith(b"{"):  # of text a header may be left alone
            yield f"{name}: cut to {len(short)} bytes it gives no event"
        told += [place] * len(claims.raws)
        everything.join(claims)
    by_itself = read([short for _, short in cut], [source.NAME] * len(cut), sources)
    as_found = read(everything.raws, everything.sources, sources)
    for place, events in [*enumerate(by_itself), *zip(told, as_found, strict=True)]:
        name, short = cut[place]
        if not events:
            yield f"{name}: cut to {len(short)} bytes it gives no event"
        if short.startswith(b"{") and not all(each["reason"] for each in events):
            yield f"{name}: cut to {len(short)} bytes it gives no reason"


def _of_additions(
    source: Source,
    plain: Mapping[str, tuple[bytes, Mapping[str, Any]]],
    sources: Mapping[str, Source],
) -> Iterator[str]:
    """Add a key to every record, and take its time away: a count, and a NULL."""
    readable = {name: each for name, each in plain.items() if each[1]["reason"] is None}
    whole = [raw.strip() for raw, _ in readable.values()]
    stated = [event["original_time"] for _, event in readable.values()]
    more = [
        raw[:-1] + (b"" if raw[1:-1].isspace() else b", ") + UNKNOWN_KEY + b"}" for raw in whole
    ]
    late = [
        raw.replace(time.encode(), b"some day" if _is_quoted(raw, time) else b"null")
        if time
        else raw
        for raw, time in zip(whole, stated, strict=True)
    ]
    read_as = read(more + late, [source.NAME] * len(more + late), sources)
    for place, (name, (_, before)) in enumerate(readable.items()):
        added = read_as[place][0]
        if len(read_as[place]) != 1 or added["unmapped"] != before["unmapped"] + 1:
            yield f"{name}: a key no mapping knows is not counted"
        elif {**added, "unmapped": 0} != {**before, "unmapped": 0}:
            yield f"{name}: a key no mapping knows changes what the event says"
        time = read_as[len(readable) + place][0]["time"]
        if stated[place] and time is not None:
            yield f"{name}: without a time it is said to have happened at {time}"


def _is_quoted(raw: bytes, time: str) -> bool:
    at = raw.find(time.encode())
    return raw[at - 1 : at] not in b" :,[\n\t"


def _of_replay(claims: Claims, sources: Mapping[str, Source]) -> Iterator[str]:
    """Store all of it twice in a log of its own: every byte comes back, and nothing is twice."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Home(Path(folder), write=True) as home,
        Log(home, home.create("main"), Mappings(sources)) as log,
    ):
        first = log.append(batch_of(claims.raws, claims.ids, claims.sources))
        again = log.append(batch_of(claims.raws, claims.ids, claims.sources))
        if first.stored != len({*zip(claims.raws, claims.each_id, strict=True)}):
            yield f"of {len(claims.raws)} records {first.stored} were stored"
        if again.stored:
            yield f"arriving again, {again.stored} records were stored a second time"
        log.settle()
        kept = log.view.raws([int(each) for each in first.indexes])
        for place, raw in zip(first.indexes, claims.raws, strict=True):
            if kept[int(place)][1] != raw:
                yield f"the bytes of record {int(place)} did not come back as they were"


# The command --------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Check the pairs of all sources, or of those named; with ``--update`` write them first."""
    wrong = 0
    named = [each for each in arguments if not each.startswith("-")]
    for name, source in SOURCES.items():
        if named and name not in named:
            continue
        folder = Path(str(sys.modules[f"actum.sources.{name}"].__file__)).parent
        if "--update" in arguments:
            for changed in update(source, folder):
                print(f"{name}/{changed}.ocsf written")  # noqa: T201 - a command
        found = check_source(source, folder)
        wrong += len(found)
        for problem in found:
            print(f"{name}: {problem}")  # noqa: T201 - a command
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
