"""Where the processor's seconds go, by kind of work and by package: `make test ARGS=--profile`.

The functions through which each kind of work goes are timed; a kind within another counts for itself alone. What
remains of a test is its own: loops, comparisons, services, the Python of models and pages.
"""

import resource
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

import pytest

# The kind of work, the module, the attribute of it.
TIMED = (
    ("middleware loaded", "django.core.handlers.base", "BaseHandler.load_middleware"),
    ("requests", "django.test.client", "ClientHandler.__call__"),
    ("templates rendered", "django.template.base", "Template._render"),
    ("SQL built", "django.db.models.sql.compiler", "SQLCompiler.as_sql"),
    ("SQL executed", "django.db.backends.utils", "CursorWrapper._execute"),
    ("password hashes", "django.contrib.auth.hashers", "make_password"),
    ("password hashes", "django.contrib.auth.hashers", "check_password"),
    ("documents and images", "typst", "compile"),
    ("documents and images", "PIL.Image", "Image.save"),
    ("documents and images", "PIL.Image", "Image.load"),
    ("documents and images", "openpyxl.workbook.workbook", "Workbook.save"),
    ("rows of factories", "factory.django", "DjangoModelFactory._create"),
    ("fixtures", "_pytest.fixtures", "call_fixture_func"),
    ("hypothesis itself", "hypothesis.internal.conjecture.engine", "ConjectureRunner.run"),
    ("examples of hypothesis", "hypothesis.core", "StateForActualGivenExecution._execute_once_for_engine"),
    ("processes started", "subprocess", "Popen.__init__"),
    ("processes started", "subprocess", "Popen.wait"),
    ("processes started", "subprocess", "Popen.communicate"),
)
OWN = "the tests' own"
ROWS = 30
# Seconds and times by package and kind of work; the kinds that are open within each other, with what is within them.
spent_on: Counter[tuple[str, str]] = Counter()
times: Counter[tuple[str, str]] = Counter()
_open: list[float] = []
_package: list[str] = []


def spent() -> float:
    """Return the seconds of the processor that this process and its ended children have used."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def begin() -> None:
    """Begin to time."""
    for kind, module, attribute in TIMED:
        owner: Any = import_module(module)
        *names, last = attribute.split(".")
        for name in names:
            owner = getattr(owner, name)
        function = owner.__dict__[last]
        if isinstance(function, classmethod):
            setattr(owner, last, classmethod(_timed(kind, function.__func__)))
        else:
            setattr(owner, last, _timed(kind, function))


def _timed(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        with _kind(kind):
            return function(*args, **kwargs)

    return timed


@contextmanager
def _kind(kind: str) -> Iterator[None]:
    _open.append(0.0)
    began = spent()
    try:
        yield
    finally:
        took = spent() - began
        name = (_package[0] if _package else "-", kind)
        spent_on[name] += took - _open.pop()
        times[name] += 1
        if _open:
            _open[-1] += took


@contextmanager
def test(item: pytest.Item) -> Iterator[None]:
    """Let what is spent count for the package of a test."""
    _package[:] = ["/".join(item.nodeid.partition("::")[0].split("/")[1:3])]
    with _kind(OWN):
        yield
    _package.clear()


def table(seconds: Counter[tuple[str, str]], counts: Counter[tuple[str, str]], unit: float) -> Iterator[str]:
    """Yield the lines of a table of units: by kind of work and how often, and by package with its costliest kinds."""
    kinds: Counter[str] = Counter()
    often: Counter[str] = Counter()
    packages: Counter[str] = Counter()
    for (package, kind), used in seconds.items():
        kinds[kind] += used
        packages[package] += used
        often[kind] += counts[package, kind]
    for kind, used in kinds.most_common():
        yield f"{used / unit:8.1f} units  {often[kind]:9,}  {kind}"
    for package, used in packages.most_common(ROWS):
        parts = Counter({kind: value for (of, kind), value in seconds.items() if of == package})
        shown = ", ".join(f"{kind} {value / unit:.1f}" for kind, value in parts.most_common(4))
        yield f"{used / unit:8.1f} units  {package}: {shown}"
