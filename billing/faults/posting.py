"""`bin/faults posting`: 835 files become money while workers and servers are killed.

For each trial: was a payment ever half visible, and are ledger and outcome in the end those of an
uninterrupted run? docs/faults.md says how to read the table.
"""

import json
import random
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from billing.faults import breaking
from billing.faults.breaking import Fault
from billing.faults.trials import Ground, NotAsExpected
from rcm.embedded.servers import EmbeddedServers

HEAD = ("fault", "trials", "hit", "wrong", "half visible")
ROW = "{:38}{:>8}{:>8}{:>8}{:>14}\n"
EVERY = 100


@dataclass(slots=True)
class Line:
    """One row of the table."""

    trials: int = 0
    hits: int = 0
    wrong: int = 0
    half_visible: int = 0


KILLED = ("killed at a statement", "killed at a random moment", "two workers, one killed")


def run(servers: EmbeddedServers, options: Namespace, logs: Path) -> int:
    """Run all trials, print the table; 1 when anything was wrong or half visible."""
    say = sys.stdout.write
    ground = Ground(servers, logs, options.planted)
    chance = random.Random(options.seed)
    try:
        ground.run_uninterrupted()
    except NotAsExpected as reason:
        sys.stderr.write(f"The uninterrupted run is wrong:\n{reason}\n")
        return 1
    table: dict[str, Line] = {}
    points: set[int] = set()
    try:
        plan = list(plan_trials(options.kills, len(ground.points), ground.seconds, chance))
        for number, (kind, point, fault) in enumerate(plan, 1):
            result = ground.run_trial(fault)
            line = table.setdefault(kind, Line())
            line.trials += 1
            line.hits += result.is_hit
            line.wrong += result.is_wrong
            line.half_visible += result.is_half_visible
            if kind == KILLED[0] and result.is_hit:
                points.add(point)
            if number % EVERY == 0:
                sys.stderr.write(f"{number:,} of {len(plan):,} trials\n")
    finally:
        ground.stop()
    figures = show(say, ground, table, points, options)
    return 1 if figures["wrong"] or figures["half_visible"] else 0


def plan_trials(
    kills: int, points: int, seconds: float, chance: random.Random
) -> Iterator[tuple[str, int, Fault]]:
    """Kind, point and fault of each trial; four fifths of the kills at statements, each in turn."""
    every = list(range(1, points + 1))
    tenth, twentieth, rare = (max(1, kills // part) for part in (10, 20, 50))
    rounds, rest = divmod(kills - 2 * tenth, points)
    for point in every * rounds + sorted(chance.sample(every, rest)):
        yield KILLED[0], point, breaking.kill_at(point)
    for _ in range(tenth):
        yield KILLED[1], 0, breaking.kill_after(chance.uniform(0, seconds))
    for _ in range(tenth):
        # The two share the work: each comes to about half of it.
        point = chance.randint(1, points // 3)
        yield KILLED[2], point, breaking.work_twice(point)
    for _ in range(twentieth):
        yield "two workers on the same files", 0, breaking.work_twice(0)
    for _ in range(twentieth):
        yield "delivered one to five times", 0, breaking.deliver_often(chance)
    others: dict[str, tuple[Callable[[int], Fault], int]] = {
        "connection ended by the server": (breaking.lose_connection, twentieth),
        "PostgreSQL stopped at once, restarted": (breaking.stop_postgres, rare),
        "Valkey flushed": (breaking.flush_valkey, twentieth),
        "Valkey killed, restarted empty": (breaking.kill_valkey, rare),
    }
    for kind, (make, count) in others.items():
        for _ in range(count):
            point = chance.choice(every)
            yield kind, point, make(point)


def show(
    say: Callable[[str], object],
    ground: Ground,
    table: dict[str, Line],
    points: set[int],
    options: Namespace,
) -> dict[str, int]:
    """Print the table; the figures of the last line."""
    say(ROW.format(*HEAD))
    for kind, line in table.items():
        say(ROW.format(kind, line.trials, line.hits, line.wrong, line.half_visible))
    texts = {ground.points[point - 1] for point in points}
    say(f"killed at {len(points)} of {len(ground.points)} points, ")
    say(f"{len(texts)} of {len(set(ground.points))} different statements; ")
    say(f"{ground.observer.looks:,} snapshots looked at\n")
    if ground.first_wrong:
        say(f"first wrong: {ground.first_wrong}\n")
    for example in ground.observer.examples()[:3]:
        say(f"half visible: {example}\n")
    figures = {
        "kills": sum(table[kind].hits for kind in KILLED if kind in table),
        "statements_hit": len(texts),
        "points_hit": len(points),
        "points": len(ground.points),
        "trials": sum(line.trials for line in table.values()),
        "snapshots": ground.observer.looks,
        "wrong": sum(line.wrong for line in table.values()),
        "half_visible": sum(line.half_visible for line in table.values()),
        "seed": options.seed,
    }
    if options.json:
        say(json.dumps(figures) + "\n")
    return figures
