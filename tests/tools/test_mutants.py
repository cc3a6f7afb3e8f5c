"""The measure of protection: which faults it puts in, and that a living function has them."""

from pathlib import Path
from types import ModuleType

import pytest

from tools.mutants import __main__ as command
from tools.mutants import areas, mutations, plugin
from tools.mutants.mutations import Mutant

SOURCE = '''
def may(user, rows):
    """Say whether."""
    if user.role == "chair" and not rows.filter(open=True):
        raise ValueError(user)
    user.seen = 1
    return [row for row in rows if row.own]


class Door:
    @property
    def width(self):
        return 2 + 3

'''
FAULTS = {
    ("may", "condition", "if not (user.role == 'chair' and (not rows.filter(open=True))):"),
    ("may", "and/or", "if user.role == 'chair' or not rows.filter(open=True):"),
    ("may", "comparison", "if user.role != 'chair' and (not rows.filter(open=True)):"),
    ("may", "negation", "if user.role == 'chair' and rows.filter(open=True):"),
    ("may", "call", "if user.role == 'chair' and (not rows.exclude(open=True)):"),
    ("may", "argument", "if user.role == 'chair' and (not rows.filter()):"),
    ("may", "constant", "if user.role == 'chair' and (not rows.filter(open=False)):"),
    ("may", "statement", "pass"),
    ("may", "constant", "user.seen = 2"),
    ("may", "result", "return None"),
    ("may", "condition", "return [row for row in rows]"),
    ("Door.width", "operator", "return 2 - 3"),
    ("Door.width", "constant", "return 3 + 3"),
    ("Door.width", "constant", "return 2 + 4"),
    ("Door.width", "result", "return None"),
}


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(mutations, "ROOT", tmp_path)
    path = tmp_path / "doors.py"
    path.write_text(SOURCE)
    made = ModuleType("doors")
    exec(compile(SOURCE, str(path), "exec"), made.__dict__)  # noqa: S102
    return made


def _faults() -> list[Mutant]:
    return mutations.mutants.__wrapped__("doors", "doors.py")


def _fault(after: str) -> Mutant:
    return next(each for each in _faults() if each.after == after)


def test_every_kind_of_fault_is_found(module: ModuleType) -> None:
    assert {(each.function, each.operator, each.after) for each in _faults()} == FAULTS


def test_a_living_function_gets_the_fault(module: ModuleType) -> None:
    imported = module.Door.width.fget
    assert imported(None) == 5
    plugin.replaced(mutations.compiled(_fault("return 2 - 3")))
    assert imported(None) == -1


def test_the_same_seed_draws_the_same_faults_of_every_area(monkeypatch: pytest.MonkeyPatch) -> None:
    few = {
        "embargo": ("press/embargoes/services/joint_publication.py",),
        "permissions": ("press/texts/permissions.py",),
    }
    monkeypatch.setattr(command, "AREAS", few)
    monkeypatch.setattr(areas, "AREAS", few)
    first = command.drawn(1, 6)
    assert first == command.drawn(1, 6)
    assert first != command.drawn(2, 6)
    assert [each.path for each in first] == ["press/embargoes/services/joint_publication.py"] * 3 + [
        "press/texts/permissions.py"
    ] * 3
    assert len({(each.function, each.before) for each in first}) == 6


def test_a_recorded_fault_is_found_where_its_function_is_now(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "ROOT", tmp_path)
    row = {name: str(value) for name, value in vars(_fault("return 2 - 3")).items()}
    mutations.mutants.cache_clear()
    (tmp_path / "doors.py").write_text("# A line more.\n" + SOURCE)
    found = command.found_again(row)
    assert found is not None
    assert found.function == "Door.width"
    mutations.mutants.cache_clear()
    (tmp_path / "doors.py").write_text(SOURCE.replace("2 + 3", "5"))
    assert command.found_again(row) is None
    mutations.mutants.cache_clear()
