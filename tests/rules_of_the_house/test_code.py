"""Where code may write, what it may be called, and what never comes near money."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from rcm.models import Event, OwnedByPractice
from tests.rules_of_the_house.source import (
    APPS,
    CHECKOUT,
    called_name,
    calls,
    classes,
    functions,
    name_of,
    python_files,
    templates,
    tree,
)

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create", "execute", "executemany"),
}
BANNED = {
    *("process", "handle", "manage", "do", "data", "info", "util", "utils", "helper", "helpers"),
    *("manager", "service"),
}
# Words of the trade or of Django that contain a banned one.
ALLOWED = {
    "PeopleManager": "what Django calls it",
    "PlaceOfService": "CLM05-1",
    "ServiceFacility": "NM1 77",
    "ServiceLine": "SV1",
    "ServiceLineFact": "SV1",
    "ServiceLineSerializer": "SV1",
    "ServiceLocation": "where patients are seen",
    "_service_date": "DTP 472",
    "date_of_service": "DTP 472",
    "inspect_in_process": "a process of the operating system",
    "is_manager": "a role",
}
# Tenant rows with a practice that are not walled: people need them to find their practices.
# References that may be let go. Recoding replaces charges; the line keeps what was sent.
LOOSE = {"billing.ServiceLine.charge"}
NOT_OWNED = {"Contract", "Membership"}
# The published tables and code sets: the same rows for every practice.
PUBLIC_TABLES = {
    *("EditTableRelease", "NcciPair", "CodeUnitLimit", "AddOnPrimary", "RelativeValueRow"),
    *("LocalityRow", "HcpcsCode", "PlaceOfService"),
    *("CoverageDocument", "CoverageCode", "CoverageDiagnosis"),
    *("CodeChange", "CodeRelease", "CodeTerm", "CodeWord", "PcsTableRow"),
}


def entries() -> list[Path]:
    """Modules that answer requests."""
    return [
        path
        for path in python_files(*APPS)
        if path.parent.name == "views" or path.stem.startswith("api")
    ]


def test_views_and_api_never_write() -> None:
    """healthz asks the database whether it lives; that is its whole purpose."""
    found = [
        f"{name_of(path)}:{call.lineno} {called_name(call)}()"
        for path in entries()
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and called_name(call) in WRITES
    ]
    assert [row for row in found if not row.startswith("rcm/views/home.py")] == []


def money_modules() -> list[Path]:
    """Everything that decides, writes or formats amounts."""
    places = {"actions", "rules", "x12"}
    alone = {"money.py", "ledger.py", "staging.py", "kpis.py", "kpi.py"}
    return [
        path
        for path in python_files(*APPS)
        if places & set(Path(name_of(path)).parent.parts) or path.name in alone
    ]


def floats(path: Path) -> Iterator[str]:
    """Where a float is named or written; durations in seconds may be."""
    lines = path.read_text().splitlines()
    for node in ast.walk(tree(path)):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_name = isinstance(node, ast.Name) and node.id == "float"
        if (is_literal or is_name) and "seconds" not in lines[node.lineno - 1].lower():
            yield f"{name_of(path)}:{node.lineno}"


def test_no_float_comes_near_money() -> None:
    assert [place for path in money_modules() for place in floats(path)] == []


def words(name: str) -> set[str]:
    """``read_file`` and ``ReadFile`` are both {read, file}."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_"))


def test_no_name_says_nothing() -> None:
    """A bare `process` of the operating system is what it is; a `process_claim` is not."""
    named = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files(*APPS)
        for node in (*functions(path), *classes(path))
        if words(node.name) & BANNED
        and node.name not in ALLOWED
        and not is_of_a_framework(node.name)
        and "embedded" not in path.parts
    ]
    modules = [name_of(path) for path in python_files(*APPS) if words(path.stem) & BANNED]
    assert named + modules == []


def is_of_a_framework(name: str) -> bool:
    """Names that Django, argparse or asyncssh look for."""
    return name in {"handle", "process_exception", "post_process"}


def test_the_one_line_of_apps_and_the_pure_code_hold() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout


def test_every_row_with_a_practice_inherits_from_owned_by_practice() -> None:
    """Together with the catalogue test of the walls: inherits, has the policy, forced."""
    ours = [model for model in apps.get_models() if model._meta.app_label in APPS]
    assert {
        model.__name__
        for model in ours
        if any(field.name == "practice" for field in model._meta.fields)
        and not issubclass(model, OwnedByPractice)
        and model is not Event
    } == NOT_OWNED
    assert {
        model.__name__
        for model in ours
        if not any(field.name == "practice" for field in model._meta.fields)
    } == {"Code", "Organization", "Practice", "ReasonCode", "RemarkCode", "User"} | PUBLIC_TABLES


def test_every_foreign_key_of_ours_protects_and_names_its_way_back() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        for field in model._meta.fields:
            if not field.is_relation or field.remote_field is None:
                continue
            if field.remote_field.on_delete.__name__ != "PROTECT" and str(field) not in LOOSE:
                wrong.append(f"{field}: {field.remote_field.on_delete.__name__}")
            if not field.remote_field.related_name:
                wrong.append(f"{field}: no related_name")
    assert wrong == []


def test_every_sql_of_a_migration_can_be_taken_back() -> None:
    loader = MigrationLoader(None)
    assert [
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in APPS
        for operation in migration.operations
        if isinstance(operation, RunSQL) and operation.reverse_sql is None
    ] == []


INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "script without src": re.compile(r"<script\b(?![^>]*\b(?:src|nonce)=)", re.I),
    "event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*=\s*[\"']", re.I),
    "script address": re.compile(r"javascript:", re.I),
    "address outside": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
}


def test_templates_hold_no_inline_script_or_style_and_nothing_from_outside() -> None:
    found = []
    for path in templates():
        without = r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|{%.*?%}"  # an include takes arguments
        text = re.sub(without, "", path.read_text(), flags=re.S)
        found += [f"{name_of(path)}: {what}" for what, rule in INLINE.items() if rule.search(text)]
    assert found == []
