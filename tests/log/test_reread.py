"""Reading again changes what a record means, and nothing that is proved about it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from actum.log.fsck import fsck
from actum.log.log import Log
from actum.log.reread import reread
from actum.sources import SOURCES, Mappings, Told
from actum.sources.seam import Claim, Mapped, Source
from log.world import batch, check_log, opened

PLAIN = {name: SOURCES[name] for name in ("actum", "json", "text")}


def numbered(version: int = 1) -> Source:
    """A source that knows the records of this world, which json took before."""
    json = SOURCES["json"]
    facts: dict[str, Any] = {
        name: getattr(json, name) for name in ("TITLE", "SUPPORT", "SIGNS", "unwrap")
    }
    mapping = Mapped(
        shape={"n": "VARCHAR"}, known=frozenset(("n", "note")), columns={"metadata_uid": "j.n"}
    )
    own = {"NAME": "numbered", "VERSION": version, "MAPPING": mapping, "claim": _claim}
    return cast("Source", SimpleNamespace(**facts, **own))


def _claim(raw: bytes) -> Claim | None:
    return Claim("numbered", raw[:12]) if raw.startswith(b'{"n":') else None


WISER = Mappings({"numbered": numbered(), **PLAIN})
WISER_STILL = Mappings({"numbered": numbered(2), **PLAIN})


def nothing_told(_origin: str) -> Told | None:
    return None


def again(log: Log, reading: Mappings, **how: Any) -> tuple[int, int]:
    done = reread(log.view, reading, partial(reading.again, told=nothing_told), **how)
    return done.segments, done.changed


def stored(log: Log) -> list[tuple[Any, ...]]:
    size = log.view.contents().size
    return [
        (r.index, r.source, r.raw, r.record_id, r.salt) for r in map(log.view.record, range(size))
    ]


def filled(path: Path) -> None:
    with opened(path, Mappings(PLAIN)) as log:
        for start in (0, 300):
            log.append(batch(range(start, start + 300)))
            log.settle()


def test_nothing_known_now_that_was_not_known_before_changes_no_file(tmp_path: Path) -> None:
    filled(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    with opened(tmp_path, Mappings(PLAIN)) as log:
        assert again(log, Mappings(PLAIN)) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == before


def test_bytes_ids_salts_and_proofs_stay_while_the_source_changes(tmp_path: Path) -> None:
    filled(tmp_path)
    with opened(tmp_path, WISER) as log:
        before = stored(log)
        checkpoint = log.seal()
        assert again(log, WISER) == (2, 600)
        after = stored(log)
        assert [(i, raw, key, salt) for i, _, raw, key, salt in after] == [
            (i, raw, key, salt) for i, _, raw, key, salt in before
        ]
        assert {source for _, source, *_ in after} == {"numbered"}
        assert log.seal() == checkpoint
        assert list(fsck(log.view)) == []
        assert again(log, WISER) == (0, 0)
    check_log(tmp_path)


def test_a_record_another_source_took_is_left_to_it(tmp_path: Path) -> None:
    made = batch(range(5))
    made.sources = ["numbered", "numbered@3", "json@1", "json?why", "elsewhere"]
    with opened(tmp_path, WISER) as log:
        log.append(made)
        log.settle()
        again(log, WISER)
        assert [source for _, source, *_ in stored(log)] == made.sources


def test_an_older_mapping_is_mapped_anew_and_its_records_stay_where_they_are(
    tmp_path: Path,
) -> None:
    filled(tmp_path)
    with opened(tmp_path, WISER) as log:
        again(log, WISER)
    with opened(tmp_path, WISER_STILL) as log:
        records = {each.records_file for each in log.view.contents().segments}
        assert again(log, WISER_STILL) == (2, 0)
        assert {each.records_file for each in log.view.contents().segments} == records
        assert again(log, WISER_STILL, everything=True) == (2, 0)
        assert list(fsck(log.view)) == []


def test_what_a_user_says_outweighs_what_was_recognised(tmp_path: Path) -> None:
    made = batch(range(4))
    made.origins = ["a.log", "b.log", "b.log", "c.log"]
    said = lambda origin: Told("text") if origin == "b.log" else None  # noqa: E731 - what a rule says
    with opened(tmp_path, Mappings(PLAIN)) as log:
        log.append(made)
        log.settle()
        reading = Mappings(PLAIN)
        done = reread(log.view, reading, partial(reading.again, told=said))
        assert (done.segments, done.changed) == (1, 2)
        assert [source for _, source, *_ in stored(log)] == ["json", "text", "text", "json"]


def test_a_rereading_that_was_cut_short_can_be_run_again(tmp_path: Path) -> None:
    filled(tmp_path)

    class Stop(Exception):
        pass

    def stop(_index: int) -> None:
        raise Stop

    with opened(tmp_path, WISER) as log:
        try:
            again(log, WISER, seen=stop)
        except Stop:
            log.view.refresh()
        assert len({source for _, source, *_ in stored(log)}) == 2
        assert again(log, WISER) == (1, 300)
        assert list(fsck(log.view)) == []
    check_log(tmp_path)
