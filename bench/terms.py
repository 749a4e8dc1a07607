"""What term filters cost and what they save: run ``python -m bench.terms HOME`` on a home of yours.

The home is opened for writing, its filters are made again, and questions are asked with and without
them.  It holds generated CloudTrail (`actum.demo.write_demo`), which the terms asked for are of.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from bench.probe import timed

RARE = "AKIAEXAMPLEX6K4RIGWP"
QUESTIONS = {
    "latest 100": "",
    "rare actor, latest 100": "actor:ci-deploy",
    "actor that is nobody": "actor:nobody-here",
    "actor in every group": "actor:node-role-0",
    "who s3:DeleteBucket": "action:s3:DeleteBucket",
    "one key": f"key:{RARE}",
    "that key, in raw": f'"{RARE}"',
    "rare word in raw": '"DeleteBucket"',
    "absent word in raw": '"trufflehog"',
}
SCANS = {"common word in raw": '"amazonaws"', "too short a word in raw": '"us-"'}


def main() -> None:
    home = Path(sys.argv[1])
    build(home)
    ask(home)


def build(home: Path) -> None:
    """Every filter anew, on one thread of the engine."""
    import actum
    from actum.log.terms import build_terms

    with actum.open(home, write=True) as case:
        view = case.log().view
        view.connection.execute("SET threads = 1")
        start, cpu = time.perf_counter(), time.process_time()
        build_terms(view, again=True)
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        segments = view.contents().segments
        count, raw = sum(each.count for each in segments), sum(each.raw_size for each in segments)
        size = sum(path.stat().st_size for path in (view.folder / "terms").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{count:,} records, {len(segments)} segments: {wall:.0f} s, {count / cpu:,.0f}/s a core,"
        f" {size / raw:.2%} of raw, {size / count:.1f} B a record, peak {peak:,.0f} MB"
    )


def ask(home: Path) -> None:
    """Warm medians, with filters and without."""
    for name, text in {**QUESTIONS, **SCANS}.items():
        told = [_asked(home, text, folder) for folder in ("", "nowhere")]
        print(f"  {name:<26} {told[0]:10.1f} ms   without {told[1]:10.1f} ms")


def _asked(home: Path, text: str, folder: str) -> float:
    import actum
    from actum.log.terms import Terms

    with actum.open(home) as case:
        if folder:
            case.engine._terms = Terms(home / folder)  # noqa: SLF001 - there is no other switch
        slow = text.startswith('"') and (folder != "" or text in SCANS.values())
        return timed(lambda: case.search(text, limit=100), times=1 if slow else 7)[0]


if __name__ == "__main__":
    main()
