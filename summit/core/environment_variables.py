"""Environment variables: how they are declared, read and described.

What each variable is, stands once, in its declaration (summit/environment.py). Settings read it by its name, and
docs/settings.md is written from it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

FILE_SUFFIX = "_FILE"
# How alike two names are of which one is a slip: BASE_ULR and BASE_URL have 0.875, PORT and PORTS 0.89.
LIKENESS = 0.86
DATABASE_SCHEMES = ("postgres", "postgresql", "psql", "pgsql", "sqlite")
SWITCH_WORDS = {True: ("1", "true", "yes", "on"), False: ("0", "false", "no", "off")}


@dataclass(frozen=True)
class Kind:
    """A type of variables: its name and an instruction for people, and how a value is parsed.

    `parse` takes the variable's text. It may raise any exception if it can't parse it.
    """

    name: str
    todo: str
    parse: Callable[[str], Any]


def _switch(text: str) -> bool:
    return next(value for value, words in SWITCH_WORDS.items() if text.strip().lower() in words)


def _database(text: str) -> dict[str, Any]:
    if text.partition("://")[0] not in DATABASE_SCHEMES:
        raise ValueError
    config: dict[str, Any] = environ.Env.db_url_config(text)
    return config


def _mail_server(text: str) -> dict[str, Any]:
    config: dict[str, Any] = environ.Env.email_url_config(text)
    return config


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _pairs(text: str) -> dict[str, str]:
    return {name.strip(): value.strip() for name, value in (part.split("=", 1) for part in _list(text))}


def _objects(text: str) -> list[dict[str, Any]]:
    values = json.loads(text)
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        raise ValueError
    return values


TEXT = Kind("text", "Set it to a text.", str)
PATH = Kind("path", "Set it to a path.", Path)
INTEGER = Kind("whole number", "Set it to a whole number.", int)
NUMBER = Kind("number", "Set it to a number, such as 2.5.", float)
SWITCH = Kind("switch, `1` or `0`", "Set it to 1 or 0.", _switch)
LIST = Kind("list, separated by commas", "Separate the values by commas.", _list)
PAIRS = Kind("pairs of `NAME=value`, separated by commas", "Write NAME=value, separated by commas.", _pairs)
OBJECTS = Kind("list of objects, in JSON", "Write a list of objects in JSON.", _objects)
DATABASE = Kind("URL of a database", "Write it as postgres://user:password@host/name.", _database)
MAIL_SERVER = Kind(
    "URL of a mail server", "Write it as smtp+tls://user:password@host:587.", environ.Env.email_url_config
)


@dataclass(frozen=True)
class Computed:
    """A default that depends on other variables: how the documentation says it, and the function that computes it."""

    words: str
    compute: Callable[["Environment"], Any]


@dataclass(frozen=True, kw_only=True)
class Variable:
    """The declaration of an environment variable.

    `text` is its documentation, in Markdown. `default` is the value itself, not its text. A secret can also be read
    from a file. `required` says that production doesn't start without it.
    """

    name: str
    text: str
    kind: Kind = TEXT
    default: Any = ""
    example: str = ""
    secret: bool = False
    required: bool = False


@dataclass(frozen=True)
class Group:
    """Variables that are documented together, below a heading."""

    heading: str
    variables: tuple[Variable, ...]


class Environment:
    """The values of declared variables, read from a mapping such as `os.environ`.

    An empty variable counts as unset, because container files pass variables without a value as empty.
    """

    def __init__(self, groups: Iterable[Group], values: Mapping[str, str]) -> None:
        self.variables = {variable.name: variable for group in groups for variable in group.variables}
        self.values = {name: value for name, value in values.items() if value.strip()}

    def __call__(self, name: str) -> Any:
        """Return the value of a variable, or its default if it is unset.

        Raises LookupError if the variable isn't declared, and ImproperlyConfigured if its value can't be read.
        """
        variable = self._declared(name)
        text = self._text(variable)
        if text is None:
            return self.default(name)
        try:
            return variable.kind.parse(text)
        except Exception:
            # The error itself may have the secret in its message.
            shown = "has a value that" if variable.secret else f"is “{text}”, which"
            message = f"{name} {shown} can't be read. {variable.kind.todo}"
            raise ImproperlyConfigured(message) from None

    def default(self, name: str) -> Any:
        """Return the value that a variable has if it is unset. Raises LookupError if the variable isn't declared."""
        default = self._declared(name).default
        return default.compute(self) if isinstance(default, Computed) else copy(default)

    def is_set(self, name: str) -> bool:
        """Return whether a variable, or the variable that names its file, is set."""
        return name in self.values or (self._declared(name).secret and name + FILE_SUFFIX in self.values)

    def misspelt(self) -> dict[str, str]:
        """Return the variables that are set and read by nobody, each with the declared one that it looks like."""
        files = {name + FILE_SUFFIX for name, variable in self.variables.items() if variable.secret}
        known = {*self.variables, *files}
        unknown = sorted(name for name in self.values if name.isupper() and name not in known)
        near = {name: get_close_matches(name, known, n=1, cutoff=LIKENESS) for name in unknown}
        return {name: found[0] for name, found in near.items() if found}

    def _declared(self, name: str) -> Variable:
        if name not in self.variables:
            raise LookupError(f"{name} isn't declared. Declare it in summit/environment.py.")
        return self.variables[name]

    def _text(self, variable: Variable) -> str | None:
        """Return the text of a variable, from its file if a variable names one, or None if it is unset."""
        name, file_name = variable.name, variable.name + FILE_SUFFIX
        if not variable.secret or file_name not in self.values:
            return self.values.get(name)
        if name in self.values:
            raise ImproperlyConfigured(f"{name} and {file_name} are both set. Unset one of them.")
        path = self.values[file_name]
        try:
            text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it isn't text in UTF-8"
            raise ImproperlyConfigured(
                f"{file_name} names {path}, which can't be read: {reason}. Let the account of the process read it, "
                f"or unset {file_name}."
            ) from None
        if not text.strip():
            raise ImproperlyConfigured(f"{file_name} names {path}, which is empty. Write {name} into it.")
        return text


INTRODUCTION = """\
# Settings

Summit reads its settings from environment variables. This page is written from their declarations in
`summit/environment.py` by `make settings`. [production.md](production.md) says how to run the processes.

An empty variable counts as unset. A *secret* can also stand in a file: `SECRET_KEY_FILE=/run/secrets/secret_key`
reads `SECRET_KEY` from that file, without the newline at its end. If a variable and its file are both set, or the
file can't be read, no process starts.
"""


def describe(groups: Iterable[Group]) -> str:
    """Return the documentation of variables, in Markdown."""
    parts = [INTRODUCTION]
    for group in groups:
        parts.append(f"## {group.heading}\n")
        parts += [_entry(variable) for variable in group.variables]
    return "\n".join(parts)


def _entry(variable: Variable) -> str:
    kind = f"secret, {variable.kind.name}" if variable.secret else variable.kind.name
    facts = [f"*{kind[0].upper()}{kind[1:]}*"]
    if variable.required:
        facts.append("required in production")
    facts += [f"{label}: {words}" for label, words in _facts(variable)]
    return f"### `{variable.name}`\n\n{variable.text}\n\n{' · '.join(facts)}\n"


def _facts(variable: Variable) -> Iterator[tuple[str, str]]:
    if not variable.required:
        yield "default", _default(variable)
    elif isinstance(variable.default, Computed):
        yield "in development", _default(variable)
    if variable.example:
        yield "example", f"`{variable.example}`"


def _default(variable: Variable) -> str:
    default = variable.default
    if isinstance(default, Computed):
        return default.words
    if isinstance(default, bool):
        return f"`{SWITCH_WORDS[default][0]}`"
    if isinstance(default, int | float):
        # 67108864 and 10, never 6.7e+07 or 10.0.
        return f"`{int(default) if default == int(default) else default}`"
    return f"`{default}`" if default else "none"
