"""The catalogue of checks: its page, its endpoint, its written form."""

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from billing.checked_claim import find_checks
from billing.management.commands import write_scrub_catalogue
from billing.rules.scrubbing import CATALOGUE_VERSION, SCRUBS
from billing.written_catalogue import write_catalogue
from rcm.models import Practice


def test_the_written_catalogue_is_up_to_date() -> None:
    page = Path(settings.BASE_DIR) / write_scrub_catalogue.PAGE
    assert page.read_text() == write_catalogue(), "run manage.py write_scrub_catalogue"


def test_the_command_writes_the_page(tmp_path: Path, settings: object) -> None:
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]  # the fixture takes any setting
    out = StringIO()
    call_command("write_scrub_catalogue", stdout=out)
    assert out.getvalue() == "docs/scrub-checks.md is written.\n"
    assert (tmp_path / "docs" / "scrub-checks.md").read_text() == write_catalogue()


def test_every_check_is_in_the_written_catalogue_once() -> None:
    page = write_catalogue()
    assert [check.code for check in SCRUBS if page.count(f"| `{check.code}` |") != 1] == []
    assert f"## All {len(SCRUBS)} checks" in page
    assert "| `npi` | NPI not valid | blocks | P, I | NM109 | CMS NPI check digit |  |" in page
    assert "| `mbi` |" in page
    assert "| `room_days` | More room than days | blocks | I |" in page


def test_checks_are_found_by_words_severity_form_and_table() -> None:
    assert [check.code for check in find_checks({"q": "check DIGIT npi"})] == ["npi"]
    assert find_checks({"q": "no such words"}) == []
    assert {check.severity for check in find_checks({"severity": "warning"})} == {"warning"}
    stays = find_checks({"form": "institutional"})
    assert all("institutional" in check.forms for check in stays)
    assert len(stays) < len(SCRUBS)
    asked = find_checks({"table": "mue_practitioner"})
    assert asked
    assert all("mue_practitioner" in check.tables for check in asked)


def test_the_page_shows_and_filters_the_checks(north: Practice, ben_client: Client) -> None:
    page = ben_client.get("/scrub/catalogue/").content.decode()
    assert f"{len(SCRUBS)} of {len(SCRUBS)} · catalogue {CATALOGUE_VERSION}" in page
    assert "NPI not valid" in page
    part = ben_client.get("/scrub/catalogue/?q=mbi", HTTP_HX_REQUEST="true").content.decode()
    assert "Medicare number" in part
    assert "NPI not valid" not in part
    assert "No such check" in ben_client.get("/scrub/catalogue/?q=zzz").content.decode()


def test_the_endpoint_lists_the_checks(north: Practice, ben_client: Client) -> None:
    answer = ben_client.get("/api/scrub-checks/?limit=1").json()
    assert answer["count"] == len(SCRUBS)
    assert answer["results"] == [
        {
            "code": "npi",
            "title": "NPI not valid",
            "severity": "blocking",
            "forms": ["professional", "institutional"],
            "element": "NM109",
            "fix": "Correct it in the practice's set-up, then check again.",
            "source": "CMS NPI check digit",
            "tables": [],
            "needs_facts": False,
        }
    ]
    found = ben_client.get("/api/scrub-checks/?q=eligibility&severity=blocking").json()["results"]
    assert all(row["severity"] == "blocking" for row in found)
    assert all(row["needs_facts"] for row in found if row["code"].startswith("eligibility"))
