"""Finds places in functions where a small fault can be put, and compiles a module with one of them."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType

from tools.running import ROOT

Change = Callable[[ast.AST], ast.AST | None]
Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
CALLS = {"filter": "exclude", "exclude": "filter", "any": "all", "all": "any"}
# Calls whose keyword arguments are conditions or stored values: leaving one out is a fault that people make.
CONDITIONS = frozenset({"filter", "exclude", "get", "update", "create", "Q", "When"})
# Wording of a text or a log line protects nothing.
WORDING = frozenset({"_", "gettext", "ngettext", "gettext_lazy", "ngettext_lazy", "pgettext", "debug", "info"})


@dataclass(frozen=True)
class Mutant:
    """One fault: the function it is in, the node it changes, and the statement before and after.

    `path` is relative to the project's root, `node` the index of the changed node among those of the function in the
    order of `ast.walk`, `operator` the kind of change.
    """

    area: str
    path: str
    function: str
    node: int
    operator: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """Return what identifies the fault in reports."""
        return f"{self.path}:{self.function}: {self.before} → {self.after}"


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Yield the qualified name and the node of each function of a module and of its classes, nested ones excepted."""

    def of(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Function]]:
        for statement in body:
            if isinstance(statement, Function):
                yield prefix + statement.name, statement
            elif isinstance(statement, ast.ClassDef):
                yield from of(statement.body, f"{prefix}{statement.name}.")

    return of(tree.body, "")


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:  # noqa: C901, PLR0912 - one line for each kind
    """Yield the kinds of change that a node allows, each with a function that makes it."""
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARISONS:
            yield "comparison", _replaced("ops", [COMPARISONS[type(op)](), *node.ops[1:]])
        case ast.BoolOp():
            yield "and/or", _replaced("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield "negation", lambda found: found.operand  # type: ignore[attr-defined]
        case ast.BinOp() if type(node.op) in OPERATORS:
            yield "operator", _replaced("op", OPERATORS[type(node.op)]())
        case ast.If() | ast.IfExp():
            yield "condition", _replaced("test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension(ifs=[_, *rest]):
            yield "condition", _replaced("ifs", rest)
        case ast.Expr(value=ast.Call() | ast.YieldFrom()) | ast.Raise() | ast.AugAssign():
            yield "statement", lambda _: ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement", lambda _: ast.Pass()
        case ast.Return(value=ast.expr()) if not _is_nothing(node.value):
            yield "result", _replaced("value", ast.Constant(None))
        case ast.Constant(value=bool()):
            yield "constant", _replaced("value", not node.value)
        case ast.Constant(value=int(number)):
            yield "constant", _replaced("value", number + 1)
    if isinstance(node, ast.Call):
        called = _called(node)
        if called in CALLS:
            yield "call", _renamed(CALLS[called])
        if called in CONDITIONS:
            for position, keyword in enumerate(node.keywords):
                if keyword.arg:
                    yield "argument", _without(position)


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _replaced(name: str, value: object) -> Change:
    def change(node: ast.AST) -> ast.AST:
        setattr(node, name, value)
        return node

    return change


def _renamed(name: str) -> Change:
    def change(node: ast.AST) -> ast.AST:
        function = node.func  # type: ignore[attr-defined]
        setattr(function, "attr" if isinstance(function, ast.Attribute) else "id", name)
        return node

    return change


def _without(position: int) -> Change:
    def change(node: ast.AST) -> ast.AST:
        del node.keywords[position]  # type: ignore[attr-defined]
        return node

    return change


def _looked_at(function: Function) -> Iterator[tuple[int, ast.AST, ast.stmt]]:
    """Yield the index, the node and the innermost statement of what may be changed in a function."""
    statements: dict[int, ast.stmt] = {}
    ignored: set[int] = {id(inner) for part in (function.args, function.returns) if part for inner in ast.walk(part)}
    ignored |= {id(inner) for part in function.decorator_list for inner in ast.walk(part)}

    def place(node: ast.AST, statement: ast.stmt | None) -> None:
        for child in ast.iter_child_nodes(node):
            within = child if isinstance(child, ast.stmt) else statement
            if within is not None:
                statements[id(child)] = within
            if isinstance(child, ast.AnnAssign):
                ignored.update(map(id, ast.walk(child.annotation)))
            if isinstance(child, ast.Call) and _called(child) in WORDING:
                ignored.update(map(id, ast.walk(child)))
            place(child, within)

    place(function, None)
    for index, node in enumerate(ast.walk(function)):
        if id(node) in statements and id(node) not in ignored:
            yield index, node, statements[id(node)]


def _line(statement: ast.stmt) -> str:
    """Return the first line of a statement, without what follows in its block."""
    return ast.unparse(statement).splitlines()[0]


def _changed(function: Function, index: int, number: int) -> tuple[str, str, str]:
    """Put a fault into a function; return its kind and its statement before and after."""
    position = {id(node): each for each, node in enumerate(ast.walk(function))}
    node, statement = next((node, within) for each, node, within in _looked_at(function) if each == index)
    before, (operator, change) = _line(statement), list(_changes(node))[number]
    new = change(node)
    if new is not node:
        for parent in [each for each in ast.walk(function) if id(each) in position]:
            for name, value in ast.iter_fields(parent):
                if value is node:
                    setattr(parent, name, new)
                elif isinstance(value, list) and any(each is node for each in value):
                    value[next(at for at, each in enumerate(value) if each is node)] = new
    return operator, before, "pass" if isinstance(new, ast.Pass) else _line(statement)


@cache
def mutants(area: str, path: str) -> list[Mutant]:
    """Return all faults that can be put into a module's functions."""
    tree = ast.parse((ROOT / path).read_text())
    found = []
    for name, function in functions(tree):
        for index, node, _statement in _looked_at(function):
            for number, (operator, _change) in enumerate(_changes(node)):
                again = copy.deepcopy(function)
                _operator, before, after = _changed(again, index, number)
                if before != after:
                    found.append(Mutant(area, path, name, index * 10 + number, operator, before, after))
    return found


def compiled(mutant: Mutant) -> list[CodeType]:
    """Return the code of the functions of a module with a fault. Raises LookupError where the source has changed."""
    tree = ast.parse((ROOT / mutant.path).read_text())
    function = _function(tree, mutant)
    _operator, before, after = _changed(function, *divmod(mutant.node, 10))
    if (before, after) != (mutant.before, mutant.after):
        raise LookupError(mutant.name)
    return _codes(tree, mutant.path)


def _function(tree: ast.Module, mutant: Mutant) -> Function:
    found = [function for name, function in functions(tree) if name == mutant.function]
    if not found:
        raise LookupError(mutant.name)
    return found[-1]


def marked(path: str, chosen: dict[int, Mutant], mark: str) -> list[CodeType]:
    """Return the code of the functions of a module that calls `mark` with a mutant's number before its statement."""
    tree = ast.parse((ROOT / path).read_text())
    places: dict[int, list[int]] = {}
    for number, mutant in chosen.items():
        wanted = mutant.node // 10
        for index, _node, statement in _looked_at(_function(tree, mutant)):
            if index == wanted:
                places.setdefault(id(statement), []).append(number)
    for parent in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(parent, name, None)
            if isinstance(block, list):
                setattr(parent, name, [each for old in block for each in _with_marks(old, places, mark)])
    return _codes(tree, path)


def _with_marks(statement: ast.stmt, places: dict[int, list[int]], mark: str) -> Iterator[ast.stmt]:
    for number in places.get(id(statement), []):
        call = ast.Call(ast.Name(mark, ast.Load()), [ast.Constant(number)], [])
        yield ast.copy_location(ast.Expr(call), statement)
    yield statement


def _codes(tree: ast.Module, path: str) -> list[CodeType]:
    ast.fix_missing_locations(tree)
    whole = compile(tree, str(Path(ROOT / path)), "exec")
    found, waiting = [], [whole]
    while waiting:
        code = waiting.pop()
        inner = [each for each in code.co_consts if isinstance(each, CodeType)]
        found += inner
        waiting += inner
    return found
