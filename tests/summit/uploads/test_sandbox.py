"""Reading in a process of its own, which is ended where it takes too much."""

from pathlib import Path
from typing import Any

import pytest

from summit.uploads import sandbox
from summit.uploads.process_slots import Busy, slot


def run(tmp_path: Path, body: str, arguments: dict[str, Any] | None = None, **options: Any) -> Any:
    reader = tmp_path / "reader.py"
    reader.write_text(f"import os, time\n\ndef read(content, **arguments):\n    {body}\n")
    return sandbox.run(str(reader), b"words", arguments or {}, **{"seconds": 1, "megabytes": 200, **options})


def test_bytes_and_arguments_go_in_and_a_result_comes_out(tmp_path: Path) -> None:
    made = run(tmp_path, "return [content.decode(), arguments]", {"rows": 2, "said": "été"})
    assert made == ["words", {"rows": 2, "said": "été"}]


def test_who_reads_knows_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    asks = 'return os.environ.get("SECRET_KEY")'
    assert run(tmp_path, asks) is None
    assert run(tmp_path, asks, settings=True) == "secret"


@pytest.mark.parametrize(
    ("body", "limits", "enough"),
    [
        ("until = time.process_time() + 1.1\n    while time.process_time() < until: pass", {}, {"seconds": 9}),
        ("time.sleep(2.3)", {}, {"seconds": 9}),
        # With time enough for a busy machine, so that memory alone is what lacks.
        ('len(b"x" * 300_000_000)', {"seconds": 9}, {"megabytes": 900, "seconds": 9}),
        ("os.abort()", {}, {}),
    ],
    ids=["processor", "clock", "memory", "killed"],
)
@pytest.mark.slow("waits until a limit of seconds is reached", 3)
def test_what_takes_too_much_ends(tmp_path: Path, body: str, limits: dict[str, int], enough: dict[str, int]) -> None:
    with pytest.raises(sandbox.TooMuch):
        run(tmp_path, body, **limits)
    # Control: with more of it, it ends by itself.
    if enough:
        assert run(tmp_path, body, **enough) is None


def test_what_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(sandbox.Failed, match=r"^ValueError: no$"):
        run(tmp_path, 'raise ValueError("no")')


def test_few_read_at_once(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Apart from what other tests read at this moment.
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(sandbox, "PATIENCE", 0)
    with slot("reading", number=2, patience=0), slot("reading", number=2, patience=0), pytest.raises(Busy):
        run(tmp_path, "return 1")
    assert run(tmp_path, "return 1") == 1


def test_it_waits_for_no_framework(tmp_path: Path) -> None:
    loaded = run(tmp_path, "import sys; return [name for name in sys.modules if name in ('django', 'celery')]")
    assert loaded == []
