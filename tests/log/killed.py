"""The process that is killed: it appends, settles and merges until it dies.

Each batch is told to the parent only after `Log.append` returned: (first number, index of each).
"""

from __future__ import annotations

import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

import actum.log.log
import actum.log.merge
from log.world import batch, opened


def write_until_killed(home: Path, start: int, seed: int, state: str, told: Connection) -> None:
    os.environ["ACTUM_STATE"] = state
    actum.log.log.DIRECT = 64
    actum.log.log.SEAL_EVERY = 0.01
    actum.log.merge.RUN = 4
    chance = random.Random(seed)
    number = start
    with opened(home) as log:
        told.send("open")
        while True:
            again = chance.randrange(8)
            count = chance.choice((1, 3, 20, 80))
            first = max(number - again, 0)
            outcome = log.append(batch(range(first, first + count)), cursors={("feed", "at"): "x"})
            told.send((first, outcome.indexes.tolist()))
            number = first + count
            match chance.randrange(12):
                case 0:
                    log.settle()
                case 1:
                    log.merge()
                case 2:
                    log.seal()
