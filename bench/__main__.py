"""Run the benches: bulk, append, size, ask, verify, sources."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.probe import floor, fsync_p50, sha_rate, timed
from bench.sources import sources

DATA = Path(__file__).parent / "data"
SAMPLE = 100_000


def main() -> None:
    """Parse the arguments, make the data once, run what was asked, print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--home", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help="bulk append ask sources (default: all)")
    asked = parser.parse_args()
    if asked.child:
        _child(asked.child, Path(asked.home))
        return
    os.environ["ACTUM_STATE"] = tempfile.mkdtemp(prefix="actum-bench-state-")
    names = asked.names or ["bulk", "append", "ask", "sources"]
    print(
        f"machine: {os.cpu_count()} cores, SHA-256 {sha_rate():.2f} M records/s of 1,170 B a core"
    )
    with tempfile.TemporaryDirectory(prefix="actum-bench-") as work:
        for shape in ("ndjson", "s3"):
            if "bulk" in names or (shape == "ndjson" and "ask" in names):
                bulk(Path(work) / shape, shape, asked.events, asked.seed)
        if "append" in names:
            append(Path(work))
        if "ask" in names:
            ask(Path(work) / "ndjson", asked.events)
        if "sources" in names:
            sources()


def data(shape: str, events: int, seed: int) -> Path:
    """The generated evidence, made once and kept."""
    from actum.demo import write_demo

    folder = DATA / f"{shape}-{events}-{seed}"
    if not (folder / "done").exists():
        print(f"generating {events:,} events as {shape} …", flush=True)
        write_demo(folder, events=events, seed=seed, shape=shape, level=6)  # type: ignore[arg-type]
        (folder / "done").touch()
    return folder


def bulk(home: Path, shape: str, events: int, seed: int) -> None:
    """Generated files to durable, deduplicated, sealed, normalised, searchable."""
    folder = data(shape, events, seed)
    before = sha_rate()
    command = [sys.executable, "-m", "bench", "--child", str(folder), "--home", str(home)]
    start = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall = time.perf_counter() - start
    told = json.loads(done.stdout)
    count, cpu = told["records"], told["cpu"]
    base = floor(_sample(folder))
    ours = cpu / count * 1e6
    print(f"\nbulk {shape}: {count:,} records, {told['content'] / count:,.0f} B each")
    print(f"  wall {wall:.1f} s = {count / wall:,.0f}/s on {os.cpu_count()} cores")
    print(
        f"  CPU  {cpu:.1f} s = {count / cpu:,.0f}/s a core, {cpu / count * 1e6:.1f} CPU-s a million"
    )
    print(
        f"  floor {base.total:.1f} µs (parse {base.parse:.1f} + SHA-256 {base.sha256:.1f} + zstd-3"
        f" {base.zstd3:.1f}); ours {ours:.1f} µs = {ours / base.total:.1f}x"
    )
    print(f"  peak memory {told['peak'] / 1e6:,.0f} MB; SHA probe {before:.2f} M/s")
    stored = {part: _bytes(home, part) for part in ("records", "events", "tree")}
    total = sum(stored.values())
    sizes = ", ".join(f"{part} {size / count:.1f}" for part, size in stored.items())
    print(
        f"  on disk {total / count:.1f} B a record ({sizes}); zstd-3 of the same lines"
        f" {base.zstd3_bytes:.1f}: ratio {total / count / base.zstd3_bytes:.2f}"
    )


def _child(folder: str, home: Path) -> None:
    """The measured process: nothing but the ingest."""
    import actum

    with actum.open(home, write=True) as case:
        totals = case.open([folder])
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss: a child starts with the peak of the parent that forked it.
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    told = {
        "records": totals.records, "content": totals.content_size,
        "cpu": used.ru_utime + used.ru_stime, "peak": peak,
    }  # fmt: skip
    print(json.dumps(told))


def append(work: Path) -> None:
    """One sender, 100 records at a time, each acknowledged when it is on disk."""
    import actum
    from actum.log.batch import Batch
    from actum.record import Micros
    from actum.sources import claim_all

    sync = fsync_p50(work)
    lines = _sample(data("ndjson", 200_000, 7))[:60_000]
    taken = []
    with actum.open(work / "appends", write=True) as case:
        log = case.log()
        for at in range(0, len(lines), 100):
            raws = lines[at : at + 100]
            start = time.perf_counter()
            positions = list(range(at, at + 100))
            claims = claim_all(raws, "bench", positions, is_json=True)
            batch = Batch()
            batch.extend(
                received=Micros(time.time_ns() // 1000), feed="bench", origin="bench",
                positions=positions, ids=claims.ids, sources=claims.sources, raws=raws,
            )  # fmt: skip
            log.append(batch)
            taken.append((time.perf_counter() - start) * 1e3)
    taken.sort()
    p50, p99 = statistics.median(taken), taken[int(len(taken) * 0.99)]
    print(
        f"\nappend of 100: p50 {p50:.2f} ms, p99 {p99:.1f} ms; one fsync p50 {sync:.2f} ms"
        f" = {p50 / sync:.1f}x"
    )


def ask(home: Path, events: int) -> None:
    """Warm medians of the questions of the issue, in one process."""
    import actum
    from actum.query import parse  # noqa: F401 - the import is not part of the measurement

    with actum.open(home) as case:
        rare = case.search("key:AKIAEXAMPLEX6K4RIGWP", limit=100)
        print(f"\nask, {events:,} events, warm medians (worst)")
        _row("latest 100", lambda: case.search("", limit=100))
        _row("rare actor, latest 100", lambda: case.search("actor:ci-deploy", limit=100))
        indexes = [row["index"] for row in case.search("actor:ci-deploy", limit=100).dicts()]
        _row("  … with raw", lambda: case.records(_found(case)))
        _row("who s3:DeleteBucket", lambda: case.search("action:s3:DeleteBucket", limit=100))
        _row("day histogram", lambda: case.engine.histogram(case.query("")))
        at = next(iter(indexes))
        _row("inclusion proof", lambda: case.prove(at))
        _row("one record", lambda: case.record(at))
        print(f"  ({rare.total} events of the rare key)")
        start, cpu = time.perf_counter(), time.process_time()
        found = case.verify()
        wall, used = time.perf_counter() - start, time.process_time() - cpu
        rate = found.raw_size / 1e6
        print(f"  verify {rate:,.0f} MB: {rate / wall:,.0f} MB/s, {rate / used:,.0f} MB/s a core")


def _found(case: object) -> list[int]:
    answer = case.search("actor:ci-deploy", limit=100, columns=["index"])  # type: ignore[attr-defined]
    return [row[0] for row in answer.rows]


def _row(name: str, work: object) -> None:
    median, worst = timed(work)  # type: ignore[arg-type]
    print(f"  {name:<24} {median:8.1f} ms  ({worst:.1f})")


def _sample(folder: Path) -> list[bytes]:
    """Up to 100,000 of the generated lines."""
    lines: list[bytes] = []
    for path in sorted(folder.rglob("*.gz")):
        content = gzip.decompress(path.read_bytes()) if path.stat().st_size < 1 << 28 else b""
        if content.startswith(b'{"Records"'):
            lines += [json.dumps(each, separators=(",", ":")).encode()
                      for each in json.loads(content)["Records"]]  # fmt: skip
        else:
            lines += content.split(b"\n")
        if len(lines) >= SAMPLE:
            break
    return [line for line in lines if line][:SAMPLE]


def _bytes(home: Path, part: str) -> int:
    return sum(path.stat().st_size for path in home.glob(f"logs/*/{part}/*"))


if __name__ == "__main__":
    main()
