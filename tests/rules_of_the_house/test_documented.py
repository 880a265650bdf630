"""What people meet by name is explained: statuses, accounts, events, settings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from billing.models import Account, Claim
from tests.rules_of_the_house.source import APPS, CHECKOUT, calls, python_files, tree

# What events are about that is no model of ours in the singular.
OTHER_SUBJECTS = {"claims", "encounters", "patients", "remitted_claims"}
EVENT = re.compile(r"^[a-z][a-z_0-9]*\.[a-z_]+$")
SETTING = re.compile(r"\bRCM_[A-Z0-9_]*[A-Z0-9]\b")


def page(name: str) -> str:
    return (CHECKOUT / "docs" / name).read_text()


def subjects() -> set[str]:
    """``coder_task`` for CoderTask: what stands before the dot of an event's name."""
    names = {model.__name__ for model in apps.get_models() if model._meta.app_label in APPS}
    return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in names} | {"file"}


def texts(path: Path) -> Iterator[str]:
    """Constants of the module, without the paths of serializer fields (``source="claim.x"``)."""
    sources = {
        id(keyword.value)
        for call in calls(path)
        for keyword in call.keywords
        if keyword.arg == "source"
    }
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in sources
        ):
            yield node.value


def event_names() -> set[str]:
    """Texts of the code shaped ``<subject>.<past verb>``, and one per status a claim reaches."""
    found = {
        text
        for path in python_files(*APPS)
        if path.name not in ("gallery.py", "settings.py")
        for text in texts(path)
        if EVENT.match(text) and not text.endswith(".csv")
    }
    known = subjects() | OTHER_SUBJECTS
    named = {name for name in found if name.partition(".")[0] in known}
    return named | {f"claim.{status}" for status in Claim.Status.values if status != "draft"}


def test_every_claim_status_stands_in_the_vocabulary() -> None:
    text = page("vocabulary.md")
    assert [status for status in Claim.Status.values if not re.search(rf"\b{status}\b", text)] == []


def test_every_account_stands_in_the_page_about_money() -> None:
    text = page("money.md")
    assert [account for account in Account.values if account not in text] == []


def test_every_event_stands_in_the_vocabulary() -> None:
    text = page("vocabulary.md")
    assert len(event_names()) > 10
    assert sorted(name for name in event_names() if f"`{name}`" not in text) == []


def settings_in_code() -> set[str]:
    """Variables the programs, scripts and containers read."""
    files = [*python_files(*APPS), *(CHECKOUT / "bin").glob("*"), *(CHECKOUT / "docker").glob("*")]
    files += [CHECKOUT / "docker-compose.yml", CHECKOUT / "Dockerfile"]
    return {name for path in files if path.is_file() for name in SETTING.findall(path.read_text())}


def test_every_variable_stands_in_the_settings_page_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(RCM_[A-Z0-9_]+)`", page("settings.md"), flags=re.M))
    assert sorted(settings_in_code() - documented) == []
    assert sorted(documented - settings_in_code()) == []
