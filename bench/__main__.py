"""Runs every bench on a database of its own and prints one table: `python -m bench`, or `make bench`."""

import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

Row = tuple[str, str, str]
# Of the columns, as wide as most cells are: each row is printed when it is known.
WIDTHS = (44, 72, 0)


def main() -> int:
    """Measure, print, and return 1 where a promise is broken: of queries, or of what something takes of a bare loop.
    What depends on the machine too fails nothing: beside a goal that is missed stands "missed"."""
    with tempfile.TemporaryDirectory(prefix="summit-bench-") as folder:
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "BASE_URL", "ALLOWED_HOSTS"):
            os.environ.pop(name, None)
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "summit.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        from bench.processes import Machine
        from tools.unit import measure

        print(f"A unit (tools/unit.py) takes {measure():.2f} s of this machine's processor.")
        machine, rows = Machine(), []
        for row in _rows():
            rows.append(row)
            print("  ".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)).rstrip(), flush=True)
        others = machine.others()
    print(f"\nOther things kept {others:.2f} of {os.cpu_count()} processors busy meanwhile.")
    return 1 if any(row[2].startswith("NOT") for row in rows) else 0


def _rows() -> Iterator[Row]:
    from django.core.management import call_command

    from bench import (
        asking,
        changing,
        clicking,
        exporting,
        finding,
        growing,
        idling,
        importing,
        inviting,
        loading,
        outbox,
        pages,
        readers,
        releasing,
        serving,
        working,
        world,
    )
    from portal.demo import border_security

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    demo = border_security.load()
    world.advance(demo)
    big, seconds = loading.load()
    yield "what", "measured", "promised"
    yield "demo --slug big", f"{seconds:.1f} s", _goal("under 60 s", kept=seconds < 60)
    yield "sessions of it that everybody may read", str(changing.make_public(big)), ""
    for page, small, large in pages.compare(demo, big):
        verdict = "equal" if small == large else "NOT equal"
        yield f"queries: {page.name} ({page.who})", f"{small} on the demo, {large} on big", verdict
    yield from _serving(serving, big)
    yield _readers(readers, big)
    yield from _changing(changing, big)
    yield from _working(working, big)
    rates = outbox.measure(demo)
    said = f"{rates.fraction:.2f} of a bare loop ({rates.outbox:.0f} and {rates.loop:.0f} a second)"
    yield f"outbox, {rates.messages} letters", said, ""
    yield from _inviting(inviting)
    yield _importing(importing)
    yield from _releasing(releasing, growing)
    yield from _finding(finding)
    yield from _exporting(exporting)
    yield from _asking(asking)
    yield _clicking(clicking)
    yield from _idling(idling)


def _working(bench: Any, summit: Any) -> Iterator[Row]:
    for cost in bench.measure(summit):
        aim = cost.aim
        most = f"at most {aim.milliseconds:.0f} ms, {aim.queries} queries"
        most += f", {aim.size / 1000:.0f} KB" if aim.size else ""
        said = f"{cost.milliseconds:.0f} ms of the processor, {cost.queries} queries, {cost.size / 1000:.0f} KB"
        within = _goal(most, kept=cost.milliseconds <= aim.milliseconds)
        kept = cost.queries <= aim.queries and cost.size <= (aim.size or cost.size)
        yield f"desk: {aim.name}", said, within if kept else f"NOT {most}"
    moved = bench.move_on_board(summit)
    said = f"{moved:.0f} ms of the processor until another board shows it"
    yield "desk: a move on the board of all days", said, _goal(f"at most {bench.MOVE} ms", kept=moved <= bench.MOVE)
    found = bench.conflicts(summit)
    said = f"{found.milliseconds:.0f} ms of the processor, {found.queries} queries"
    within = f"at most {found.aim.milliseconds:.0f} ms, {found.aim.queries} queries"
    verdict = _goal(within, kept=found.milliseconds <= found.aim.milliseconds)
    yield f"desk: {found.aim.name}", said, verdict if found.queries <= found.aim.queries else f"NOT {within}"


def _idling(bench: Any) -> Iterator[Row]:
    idle = bench.measure()
    most = f"at most {bench.MOST:.0f} s"
    said = f"{idle.whole:.1f} s of the processor a minute: workers {idle.workers:.1f}, beat {idle.beat:.1f}"
    yield "the whole system while nobody asks", said, _goal(most, kept=idle.whole <= bench.MOST)
    yield "memory of a web process", f"{idle.before:.0f} MB, {idle.after:.0f} MB after load", ""


def _goal(promised: str, *, kept: bool) -> str:
    return promised if kept else f"missed: {promised}"


def _clicking(bench: Any) -> Row:
    quiet, bulk, seconds = bench.measure()
    said = f"{bulk.longest:.2f} s at the longest of {len(bulk.of)} pages in {seconds:.0f} s"
    said += f" ({quiet.longest:.2f} s before), {len(bulk.refused)} refused"
    promised = f"at most {bench.MOST:.0f} s, none refused"
    kept = bulk.longest <= bench.MOST and not bulk.refused
    return f"clicks while big loads and {bench.TEXTS} texts come out", said, _goal(promised, kept=kept)


def _asking(bench: Any) -> Iterator[Row]:
    for few, many in bench.measure():
        said = f"{few.listed}/{many.listed} queries, {few.detail}/{many.detail} of one row"
        said += f"; {many.fraction:.2f} of by hand ({many.api:.0f} and {many.hand:.0f} rows a second)"
        yield f"API: {many.name}, {few.rows} and {many.rows}", said, bench.verdict(few, many)


def _serving(bench: Any, summit: Any) -> Iterator[Row]:
    for rate in bench.measure(summit):
        said = f"{rate.whole / rate.bare:.2f} of a bare answer, {rate.again / rate.bare:.2f} to those who have it"
        said += f" ({rate.whole:.0f}, {rate.again:.0f} and {rate.bare:.0f} a second, {rate.size} bytes)"
        yield f"served: {rate.aim.name}", said, _goal(f"at least {bench.LEAST}", kept=rate.kept)


def _inviting(bench: Any) -> Iterator[Row]:
    _few, little = bench.invite(bench.FEW)
    crowd, much = bench.invite(bench.PEOPLE)
    yield (
        f"inviting {much.people} people",
        f"{much.queries} queries, {much.each:.3f} for each ({little.each:.3f} for each of {little.people})",
        "no more for each" if much.each <= little.each else "NOT constant",
    )
    rates = bench.measure(crowd)
    yield (
        f"{rates.letters} letters with PDF",
        f"{rates.fraction:.2f} of a bare loop ({rates.worker:.0f} a second and worker process, {rates.loop:.0f} bare)"
        f", {rates.processor:.2f} in processor time, {rates.queries:.2f} queries for each",
        f"at least {bench.AIM}" if rates.fraction >= bench.AIM else f"NOT at least {bench.AIM}",
    )


def _importing(bench: Any) -> Row:
    times = bench.measure()
    said = f"{times.multiple:.1f} times the bare reading ({times.imported:.1f} and {times.bare:.1f} s)"
    said += f", {times.imported / times.lean:.1f} times the leanest"
    most = f"at most {bench.MOST:.0f} times"
    return f"import of {times.people} people", said, most if times.multiple <= bench.MOST else f"NOT {most}"


def _finding(bench: Any) -> Iterator[Row]:
    costs = [list(bench.measure(bench.load(size), size)) for size in bench.SIZES]
    for few, many in zip(*costs, strict=True):
        said = f"{few.queries}/{many.queries} queries, {few.milliseconds:.0f} and {many.milliseconds:.0f} ms"
        growth = f"{many.milliseconds / few.milliseconds:.1f} times for {many.texts / few.texts:.0f}"
        yield f"{few.name} of {few.texts} and {many.texts} texts", f"{said}: {growth}", bench.verdict(few, many)


def _exporting(bench: Any) -> Iterator[Row]:
    for cost in bench.measure(bench.load()):
        said = f"{cost.multiple:.1f} times plain text ({cost.seconds:.2f} s), {cost.valid} valid"
        verdict = "all valid" if cost.valid == cost.documents else "NOT all valid"
        yield f"export of {cost.documents} texts as {cost.ending}", said, verdict


def _readers(bench: Any, summit: Any) -> Row:
    waits = bench.measure(summit)
    return f"my agenda, {bench.READERS} readers", waits.said(), ""


def _changing(bench: Any, summit: Any) -> Iterator[Row]:
    for cost in bench.first(summit):
        said = f"{cost.changed:.0f} ms of the processor after a change, {cost.cold:.0f} ms where nothing was made yet"
        most = f"at most {cost.most:.0f} ms after a change"
        if cost.name in bench.AHEAD:
            said += f", {cost.ahead:.0f} ms where it was made ahead"
            most += f", {bench.MOST_AHEAD:.0f} ms where it was made ahead"
        yield f"who asks first: {cost.name}", said, _goal(most, kept=cost.kept)
    before, after = bench.version(summit)
    most = f"at most {bench.READING:.1f} ms, flat"
    flat = after <= max(bench.READING, 2 * before)
    yield (
        "version of public pages",
        f"{before:.2f} ms, {after:.2f} ms after {bench.PAST} changes",
        most if flat and after <= bench.READING else f"NOT {most}",
    )
    for wait in bench.waits(summit):
        part = wait.changing / wait.quiet
        said = f"{wait.changing:.0f} a second, {part:.2f} of {wait.quiet:.0f} while nothing changes"
        said += f", {part / wait.left:.2f} of what {wait.releases} releases leave of the machine"
        said += f"; p50 {wait.half:.0f} ms, p99 {wait.nearly_all:.0f} ms"
        most = f"at least {bench.LEAST} of what they leave, p99 at most {bench.MOST:.0f} ms"
        yield f"changing each second: {wait.name}", said, _goal(most, kept=wait.kept)


def _release(bench: Any, cost: Any, *, linear: bool = True) -> Row:
    said = f"{cost.queries} queries, {cost.seconds:.1f} s"
    said += f", {cost.multiple:.1f} times its {cost.messages} bare messages"
    said += f"; another writer waits {cost.waited:.2f} s at most" if cost.waited else ""
    seconds = bench.SECONDS if cost.changes <= bench.CHANGES else bench.MANY_SECONDS
    most = f"{bench.QUERIES} queries and {seconds:.0f} s on PostgreSQL"
    verdict = f"{most}, {bench.WAIT:.0f} s of waiting on SQLite, linear"
    kept = linear and cost.kept
    return f"release of {cost.changes} changes of {cost.sessions}", said, _goal(verdict, kept=kept)


def _releasing(bench: Any, growing: Any) -> Iterator[Row]:
    """Growth is that of the multiple of the bare messages: what else the machine does stretches both."""
    before, pages = None, []
    for size in bench.SIZES:
        cost, summit = bench.measure(size)
        linear = before is None or cost.multiple / before.multiple <= cost.sessions / before.sessions
        yield _release(bench, cost, linear=linear)
        before = cost
        pages += list(growing.measure(summit, size))
    yield _release(bench, bench.measure(bench.PROMISED, bench.MANY)[0])
    for name, costs in growing.by_name(pages).items():
        sizes = ", ".join(f"{cost.milliseconds:.0f} ms" for cost in costs)
        ratios = " and ".join(
            f"{larger.milliseconds / smaller.milliseconds:.1f} times for {larger.sessions / smaller.sessions:.0f}"
            for smaller, larger in itertools.pairwise(costs)
        )
        queries = "/".join(dict.fromkeys(str(cost.queries) for cost in costs))
        at = ", ".join(str(cost.sessions) for cost in costs)
        yield f"{name} of {at}", f"{queries} queries, {sizes}: {ratios}", growing.verdict(costs)


if __name__ == "__main__":
    sys.exit(main())
