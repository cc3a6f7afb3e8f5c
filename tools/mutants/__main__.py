"""Measures how well the tests protect: `python -m tools.mutants` runs the recorded mutants, two at once.

A mutant is a small fault in one of the functions that protect something. `--draw` chooses 300 anew, by the seed.
Without it those of the record (tests/mutants.csv) run again, found by function and statement; one whose statement has
changed since is "gone". Either way the record then says which test killed each.
"""

import argparse
import csv
import random
import sys
import tempfile
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from tools.mutants.areas import AREAS, modules
from tools.mutants.mutations import Mutant, mutants
from tools.mutants.plugin import SURVIVED, UNREACHED, Mutants
from tools.running import ROOT

RECORD = ROOT / "tests" / "mutants.csv"
SEED = 16
NUMBER = 300
ALIVE = (SURVIVED, UNREACHED)
COLUMNS = [*(field.name for field in fields(Mutant)), "result", "judgement"]


def drawn(seed: int, number: int) -> list[Mutant]:
    """Return mutants chosen at random, as many of each area as of the others, at most one for each statement."""
    chance = random.Random(seed)  # noqa: S311 - the same ones each time
    chosen: list[Mutant] = []
    for place, area in enumerate(AREAS):
        share = number // len(AREAS) + (place < number % len(AREAS))
        candidates = [each for path in modules(area) for each in mutants(area, path)]
        chance.shuffle(candidates)
        statements: dict[tuple[str, str, str], Mutant] = {}
        for each in candidates:
            statements.setdefault((each.path, each.function, each.before), each)
        chosen += sorted(list(statements.values())[:share], key=lambda each: each.name)
    return chosen


def recorded() -> list[dict[str, str]]:
    """Return the rows of the record."""
    with RECORD.open(newline="") as file:
        return list(csv.DictReader(file))


def found_again(row: dict[str, str]) -> Mutant | None:
    """Return a recorded mutant where its function and statement are now, None where they have changed."""
    wanted = [row[name] for name in ("function", "operator", "before", "after")]
    candidates = mutants(row["area"], row["path"]) if (ROOT / row["path"]).exists() else []
    same = [each for each in candidates if [each.function, each.operator, each.before, each.after] == wanted]
    return same[0] if same else None


def main() -> int:
    """Run the mutants, write the record, print the share that was killed."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--draw", action="store_true", help="choose the mutants anew")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--output", type=Path, default=RECORD, help="where the record is written")
    parser.add_argument("pytest", nargs="*", help="tests, and options of pytest, after --")
    given = parser.parse_args()
    draw = given.draw or not RECORD.exists()
    rows = [] if draw else recorded()
    found = drawn(given.seed, given.number) if draw else [found_again(row) for row in rows]
    pending = [each for each in found if each is not None]
    if gone := len(found) - len(pending):
        print(f"{gone} of the record are gone: their statements have changed. --draw chooses anew.")
    judged = {each.name: row["judgement"] for each, row in zip(found, rows, strict=False) if each is not None}
    options = ["-q", "-p", "no:randomly", *given.pytest]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        plugin = Mutants(pending, Path(folder))
        if code := pytest.main(options, plugins=[plugin]):
            return int(code)
    with given.output.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for mutant, result in zip(pending, plugin.results, strict=True):
            writer.writerow({**asdict(mutant), "result": result, "judgement": judged.get(mutant.name, "")})
    report(pending, plugin.results)
    return 0


def report(pending: list[Mutant], results: list[str]) -> None:
    """Print the share of killed mutants by area, and the survivors."""
    for area in AREAS:
        here = [result for each, result in zip(pending, results, strict=True) if each.area == area]
        alive = sum(result in ALIVE for result in here)
        print(f"{area}: {len(here) - alive} of {len(here)} killed")
    survivors = [each.name for each, result in zip(pending, results, strict=True) if result in ALIVE]
    print(f"{len(pending) - len(survivors)} of {len(pending)} killed; survivors:", *survivors, sep="\n  ")


if __name__ == "__main__":
    sys.exit(main())
