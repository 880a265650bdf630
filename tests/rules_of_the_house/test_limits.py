"""Sizes: a function fits a screen, a module fits a head (docs/architecture.md)."""

from pathlib import Path

from tests.rules_of_the_house.source import (
    classes,
    functions,
    length,
    name_of,
    python_files,
    templates,
)

FUNCTION, VIEW, MODULE, MODEL, PAGE, PARTIAL = 50, 25, 400, 150, 120, 40


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def is_partial(path: Path) -> bool:
    """The gallery's files are live examples of pages."""
    return path.name.startswith("_") or path.parent.name == "components"


def test_no_function_is_longer_than_50_lines() -> None:
    assert [
        f"{name_of(path)}: {node.name} has {length(node)} lines"
        for path in python_files()
        for node in functions(path)
        if length(node) > FUNCTION
    ] == []


def test_no_view_is_longer_than_25_lines() -> None:
    assert [
        f"{name_of(path)}: {node.name} has {length(node)} lines"
        for path in python_files()
        if path.parent.name == "views"
        for node in functions(path)
        if length(node) > VIEW
    ] == []


def test_no_module_is_longer_than_400_lines() -> None:
    assert [
        f"{name_of(path)} has {lines(path)} lines"
        for path in python_files()
        if lines(path) > MODULE
    ] == []


def test_no_model_is_longer_than_150_lines() -> None:
    assert [
        f"{name_of(path)}: {node.name} has {length(node)} lines"
        for path in python_files()
        if "models" in (path.stem, path.parent.name)
        for node in classes(path)
        if length(node) > MODEL
    ] == []


def test_no_page_template_is_longer_than_120_lines_and_no_partial_than_40() -> None:
    assert [
        f"{name_of(path)} has {lines(path)} lines"
        for path in templates()
        if lines(path) > (PARTIAL if is_partial(path) else PAGE)
    ] == []
