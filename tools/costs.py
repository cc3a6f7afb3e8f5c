"""What the stages of the tests cost, in units (tools/unit.py): recorded by each run, held against the record.

A run of a whole stage writes `var/costs/STAGE.json`. `tests/costs.csv` has, of each stage, the units of its modules
as they were last accepted. `python -m tools.costs` prints both side by side; with `--accept` what was measured is
the record from then on.
"""

import csv
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.running import ROOT

RECORD = ROOT / "tests" / "costs.csv"
# A stage may cost a tenth more than it did before it says so; of its modules, those are named whose share grew most.
GROWTH = 1.1
NAMED = 8
# A module's units below this say nothing.
NOISE = 0.2


@dataclass
class Run:
    """A run of a stage: seconds of the processor by module and in all, seconds by the clock, MB, and the unit."""

    unit: float
    seconds: float
    clock: float
    memory: float
    tests: int
    modules: dict[str, float]

    @property
    def units(self) -> float:
        """What the run cost, in units."""
        return self.seconds / self.unit

    def summary(self) -> Iterator[str]:
        """Yield what the run cost, in words."""
        yield (
            f"{self.units:.0f} units: {self.seconds:.0f} s of the processor, of which a unit takes {self.unit:.2f}; "
            f"{self.clock:.0f} s by the clock ({self.clock / self.unit:.0f} units)"
        )
        yield f"{self.tests} tests, {self.units / max(self.tests, 1):.3f} units each; {self.memory:.0f} MB a process"


def folder() -> Path:
    """Return where the last run of each stage is."""
    return Path(os.environ.get("VAR_DIR") or ROOT / "var") / "costs"


def write(stage: str, run: Run) -> None:
    """Store a run of a whole stage."""
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / f"{stage}.json").write_text(json.dumps(asdict(run)), encoding="utf-8")


def runs() -> dict[str, Run]:
    """Return the last run of each stage that ran here."""
    return {
        path.stem: Run(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder().glob("*.json"))
    }


def accepted() -> dict[str, dict[str, float]]:
    """Return the units of each stage by module as they were last accepted; "" is the whole stage."""
    found: dict[str, dict[str, float]] = {}
    if RECORD.exists():
        with RECORD.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["stage"], {})[row["module"]] = float(row["units"])
    return found


def growth(stage: str, run: Run) -> Iterator[str]:
    """Yield nothing where a stage costs what it did; else a sentence, and the modules that cost more."""
    before = accepted().get(stage, {})
    if not before or run.units <= before[""] * GROWTH:
        return
    more_than = f"{run.units / before[''] - 1:.0%} more than the {before['']:.0f} recorded"
    yield f"{stage} costs {run.units:.0f} units, {more_than}:"
    now = {module: seconds / run.unit for module, seconds in run.modules.items()}
    more = {module: units - before.get(module, 0.0) for module, units in now.items()}
    for module in sorted(more, key=lambda module: -more[module])[:NAMED]:
        yield f"{more[module]:+6.1f} units, now {now[module]:.1f}  {module}"


def accept() -> None:
    """Let what was measured last of each stage be the record."""
    record = accepted()
    for stage, run in runs().items():
        found = {module: round(seconds / run.unit, 1) for module, seconds in sorted(run.modules.items())}
        record[stage] = {"": round(run.units, 1), **{name: units for name, units in found.items() if units >= NOISE}}
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("stage", "module", "units"))
        rows.writerows((stage, module, units) for stage in sorted(record) for module, units in record[stage].items())


def main() -> None:
    """Print the stages that ran here, and what grew; with --accept make them the record."""
    before = accepted()
    for stage, run in runs().items():
        recorded = f"{before[stage]['']:.0f} recorded" if stage in before else "none recorded"
        print(f"{stage}: {recorded}; now", *run.summary(), sep="\n  ")
        for line in growth(stage, run):
            print(f"  {line}")
    if "--accept" in sys.argv[1:]:
        accept()


if __name__ == "__main__":
    main()
