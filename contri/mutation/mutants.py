"""The small bugs: what can be wrong in one place of a function and still compile.

Tools exist for this. mutmut leaves decorated functions alone, and nearly every verb here is decorated; cosmic-ray
starts pytest, Django and a database anew for each mutant, which is hours. Here a mutant is new byte code for a function
that is already loaded, so decorators, and whoever imported the function, stay as they are.
"""

import ast
import copy
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

Path = tuple[tuple[str, int | None], ...]
Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# What people read is compared by tests of its own; a letter more in it moves no money.
TELLS = frozenset(
    {"record", "tell", "tell_members", "write_in_chat", "info", "warning", "error", "exception", "happened"}
)


@dataclass(frozen=True)
class Mutant:
    """One bug: where it is, what was changed, and the byte code of the function with it."""

    module: str
    function: str
    line: int
    change: str
    code: CodeType

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}: {self.change}"

    def plant(self) -> None:
        """Let the loaded function have the bug, for as long as this process lives."""
        function_behind(importlib.import_module(self.module), self.function).__code__ = self.code


def mutants_of(module: ModuleType) -> Iterator[Mutant]:
    """Every mutant of every function and method of a module. Defaults, decorators and constants stay as they are."""
    source = inspect.getsource(module)
    tree = ast.parse(source)
    for function_path, name in _functions(tree):
        for path, node in _sites(_at(tree, function_path), function_path):
            for change, replacement in _replacements(node):
                changed = copy.deepcopy(tree)
                _put(changed, path, replacement)
                ast.fix_missing_locations(changed)
                code = _code_of(compile(changed, str(module.__file__), "exec"), name)
                yield Mutant(module.__name__, name, getattr(node, "lineno", 0), change, code)


def function_behind(module: ModuleType, name: str) -> FunctionType:
    """The function that a name of a module leads to, without what decorates it."""
    found: Any = module
    for part in name.split("."):
        found = inspect.getattr_static(found, part) if inspect.isclass(found) else getattr(found, part)
        found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    function = inspect.unwrap(found)
    if not isinstance(function, FunctionType) or function.__code__.co_qualname != name:
        raise LookupError(f"{module.__name__}.{name} is no function of its own")
    return function


def _functions(tree: ast.Module) -> Iterator[tuple[Path, str]]:
    for number, node in enumerate(tree.body):
        if isinstance(node, Function):
            yield (("body", number),), node.name
        if isinstance(node, ast.ClassDef):
            for place, method in enumerate(node.body):
                if isinstance(method, Function):
                    yield (("body", number), ("body", place)), f"{node.name}.{method.name}"


def _sites(function: Any, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    """What may be wrong: everything that runs when the function runs."""
    for number, statement in enumerate(function.body):
        is_docstring = number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_docstring:
            yield from _below(statement, (*path, ("body", number)))


def _below(node: ast.AST, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    if isinstance(node, ast.JoinedStr | ast.Raise):
        return
    is_told = _only_tells(node)
    if not is_told or isinstance(node, ast.Expr):
        yield path, node
    for part, place in () if is_told else _parts(node):
        yield from _below(part, (*path, place))


def _parts(node: ast.AST) -> Iterator[tuple[ast.AST, tuple[str, int | None]]]:
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        if isinstance(value, ast.AST):
            yield value, (field, None)
        for number, item in enumerate(value if isinstance(value, list) else ()):
            # zip's `strict` guards against mistakes that are not there: without it everything is as it was.
            if isinstance(item, ast.AST) and getattr(item, "arg", None) != "strict":
                yield item, (field, number)


def _only_tells(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Expr) else node
    if not isinstance(call, ast.Call):
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in TELLS


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:  # noqa: C901 - one line a kind of bug
    match node:
        case ast.Compare(ops=[operator]):
            other = COMPARISONS[type(operator)]()
            yield _said(node, ast.Compare(node.left, [other], node.comparators))
        case ast.BoolOp(op=operator):
            yield _said(node, ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), node.values))
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield _said(node, node.operand)
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            yield _said(node, ast.BinOp(node.left, ARITHMETIC[type(operator)](), node.right))
        case ast.AugAssign(op=operator) if type(operator) in ARITHMETIC:
            yield _said(node, ast.AugAssign(node.target, ARITHMETIC[type(operator)](), node.value))
        case ast.Constant(value=bool() as value):
            yield _said(node, ast.Constant(not value))
        case ast.Constant(value=int() as value):
            yield _said(node, ast.Constant(value + 1))
        case ast.Constant(value=str() as value):
            yield _said(node, ast.Constant(f"XX{value}"))
        case ast.Name(id=name) if name in NAMES:
            yield _said(node, ast.Name(NAMES[name], node.ctx))
        case ast.Return(value=ast.AST() as value) if not _is_none(value):
            yield _said(node, ast.Return(ast.Constant(None)))
        case ast.Expr(value=ast.Call()):
            yield f"without `{ast.unparse(node)}`", ast.Pass()
        case ast.If(test=test):
            yield f"if not ({ast.unparse(test)})", ast.If(ast.UnaryOp(ast.Not(), test), node.body, node.orelse)
        case ast.IfExp(test=test):
            yield _said(node, ast.IfExp(ast.UnaryOp(ast.Not(), test), node.body, node.orelse))
        case ast.comprehension(ifs=[_, *_]):
            yield "without its `if`", ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Break():
            yield "continue instead of break", ast.Continue()
        case ast.Continue():
            yield "break instead of continue", ast.Break()


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _said(before: ast.AST, after: ast.AST) -> tuple[str, ast.AST]:
    return f"`{ast.unparse(before)}` became `{ast.unparse(after)}`", after


def _at(tree: ast.AST, path: Path) -> Any:
    found: Any = tree
    for field, number in path:
        found = getattr(found, field) if number is None else getattr(found, field)[number]
    return found


def _put(tree: ast.AST, path: Path, replacement: ast.AST) -> None:
    *above, (field, number) = path
    holder, old = _at(tree, tuple(above)), _at(tree, path)
    new = copy.deepcopy(replacement)
    if not isinstance(new, ast.comprehension):
        ast.copy_location(new, old)
    if number is None:
        setattr(holder, field, new)
    else:
        getattr(holder, field)[number] = new


def _code_of(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(inner for inner in code.co_consts if isinstance(inner, CodeType) and inner.co_name == part)
    return code
