"""Environment variables are read as they are declared, and from files if they are secrets."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from summit.core.environment_variables import (
    DATABASE,
    INTEGER,
    LIST,
    MAIL_SERVER,
    NUMBER,
    PAIRS,
    PATH,
    SWITCH,
    TEXT,
    Computed,
    Environment,
    Group,
    Kind,
    Variable,
)

SECRET = "not to be shown: a€b"
KEY = Variable(name="KEY", text="A key.", secret=True, required=True, default="none")
SIZE = Variable(name="SIZE", text="A size.", kind=INTEGER, default=67108864)
PAUSE = Variable(name="PAUSE", text="A pause.", kind=NUMBER, default=10.0, secret=True)
TWICE = Computed("twice", lambda env: env("SIZE") * 2)
DOUBLE = Variable(name="DOUBLE", text="Twice.", default=TWICE, example="4")
GROUPS = [Group("One", (KEY, SIZE, PAUSE)), Group("Two", (DOUBLE,))]


def value(kind: Kind, text: str) -> object:
    return Environment([Group("", (Variable(name="X", text="", kind=kind),))], {"X": text})("X")


def refusal(values: dict[str, str], name: str, groups: list[Group] = GROUPS) -> str:
    with pytest.raises(ImproperlyConfigured) as raised:
        Environment(groups, values)(name)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return str(raised.value)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        # A text that begins with a dollar sign names no other variable.
        (TEXT, "$KEY x", "$KEY x"),
        (INTEGER, "12", 12),
        (NUMBER, "2.5", 2.5),
        (SWITCH, "Yes", True),
        (SWITCH, "0", False),
        (LIST, "a, b,,", ["a", "b"]),
        (PAIRS, "A=b=c, D=e", {"A": "b=c", "D": "e"}),
        (PATH, "/srv", Path("/srv")),
    ],
)
def test_a_value_is_parsed_by_its_type(kind: Kind, text: str, expected: object) -> None:
    assert value(kind, text) == expected


def test_what_is_not_of_its_type_is_named_but_for_a_secret() -> None:
    wrong = {INTEGER: "1.5", NUMBER: "ten", SWITCH: "flase", PAIRS: "a", DATABASE: "mysql://h/n", MAIL_SERVER: "x"}
    for kind, text in wrong.items():
        groups = [Group("", (Variable(name="X", text="", kind=kind),))]
        assert refusal({"X": text}, "X", groups) == f"X is “{text}”, which can't be read. {kind.todo}"
    said = "PAUSE has a value that can't be read. Set it to a number, such as 2.5."
    assert refusal({"PAUSE": SECRET}, "PAUSE") == said


def test_unset_and_empty_variables_have_their_defaults() -> None:
    for values in ({}, {"KEY": " ", "SIZE": "", "KEY_FILE": ""}):
        env = Environment(GROUPS, values)
        assert (env("KEY"), env("SIZE"), env("DOUBLE"), env.is_set("KEY")) == ("none", 67108864, 134217728, False)
    env = Environment(GROUPS, {"SIZE": "4"})
    assert (env("DOUBLE"), env.default("SIZE"), env.is_set("SIZE")) == (8, 67108864, True)
    with pytest.raises(LookupError, match="OTHER"):
        env("OTHER")


def test_a_variable_that_is_misspelt_is_named_with_the_one_that_is_meant() -> None:
    groups = [Group("", tuple(Variable(name=name, text="") for name in ("BASE_URL", "PORT", "WORKER_CONCURRENCY")))]
    groups.append(Group("", (Variable(name="SECRET_KEY", text="", secret=True),)))
    slips = {"BASE_ULR": "BASE_URL", "WORKER_CONCURENCY": "WORKER_CONCURRENCY", "SECRET_KEY_FLIE": "SECRET_KEY_FILE"}
    others = ("BASE_URL", "SECRET_KEY_FILE", "HOSTNAME", "PATH", "PGHOST", "REDIS_PORT", "LANG", "base_ulr")
    assert Environment(groups, dict.fromkeys([*slips, *others], "x")).misspelt() == slips


class TestFiles:
    def test_a_secret_is_read_from_its_file_without_the_newline_at_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_bytes(f" {SECRET} \r\n".encode())
        env = Environment(GROUPS, {"KEY_FILE": str(path), "SIZE_FILE": str(path)})
        assert (env("KEY"), env.is_set("KEY")) == (f" {SECRET} ", True)
        # What is no secret has no file.
        assert (env("SIZE"), env.is_set("SIZE")) == (67108864, False)

    def test_both_are_refused_and_a_file_that_tells_nothing_is_named(self, tmp_path: Path) -> None:
        both = {"KEY_FILE": str(tmp_path), "KEY": SECRET}
        assert refusal(both, "KEY") == "KEY and KEY_FILE are both set. Unset one of them."
        empty, binary, missing = tmp_path / "empty", tmp_path / "binary", tmp_path / "missing"
        empty.write_text("\n")
        binary.write_bytes(b"\xff\xfe")
        let = "Let the account of the process read it, or unset KEY_FILE."
        for path, said in (
            (missing, f"which can't be read: No such file or directory. {let}"),
            (tmp_path, f"which can't be read: Is a directory. {let}"),
            (binary, f"which can't be read: it isn't text in UTF-8. {let}"),
            (empty, "which is empty. Write KEY into it."),
        ):
            assert refusal({"KEY_FILE": str(path)}, "KEY") == f"KEY_FILE names {path}, {said}"
