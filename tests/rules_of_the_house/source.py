"""Our own source files, parsed once, for the tests that count and search them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("rcm", "payers", "coding", "billing", "denials")
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@cache
def python_files(*folders: str) -> list[Path]:
    """Our modules below `folders` (all apps and the tests when none is named), no migrations."""
    roots = [CHECKOUT / folder for folder in folders or (*APPS, "tests")]
    found = [path for root in roots for path in root.rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[Definition]:
    """Every function and method of the module, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Definition):
            yield node


def classes(path: Path) -> Iterator[ast.ClassDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node


def length(node: Definition | ast.ClassDef) -> int:
    """Lines from `def` or `class` to the end, without decorators."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node


def called_name(call: ast.Call) -> str:
    """``save`` for ``row.save()``, ``float`` for ``float(x)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@cache
def templates() -> list[Path]:
    return sorted((CHECKOUT / "templates").rglob("*.html"))
