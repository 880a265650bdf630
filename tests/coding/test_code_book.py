"""The code book, the tables of ICD-10-PCS, and what a release changes for a practice."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from coding.actions.code_releases import Manner, load_code_set
from coding.code_book import BookEntry, read_entry
from coding.models import Code, CodeChange, CodeRelease
from coding.release_impact import impact_of, set_states
from coding.rules.code_files.releases import CodeSet
from coding.rules.pcs import Axis, PcsRow, check_code
from payers.table_lookup import forget_releases
from rcm import access
from rcm.models import Practice
from tests import make
from tests.coding import code_files

ON = date(2026, 11, 2)


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    load_code_set(CodeSet.ICD10CM, code_files.write_icd(tmp_path))


def entry(code: str, on: date = ON, system: str = "icd10cm") -> BookEntry:
    found = read_entry(system, code, on)
    assert found is not None
    return found


@pytest.mark.usefixtures("loaded")
def test_an_entry_has_its_own_notes_then_those_above_up_to_the_chapter() -> None:
    found = entry("A10.9")
    assert (found.is_valid, found.reason) == (True, "")
    assert [(group.kind, group.of, group.lines) for group in found.notes] == [
        ("Code first", "A10.9", ("the cause (M25.-)",)),
        ("Includes", "A10", ("Heat of the brow",)),
        ("Use additional code", "A10", ("code for the ache (M25.5-)",)),
        ("Excludes1: never together", "A10", ("fever of machines (U99)",)),
        ("Excludes1: never together", "Fevers (A10-A19)", ("fever of machines (U99)",)),
    ]
    assert [code.dotted for code in found.above] == ["A10"]


@pytest.mark.usefixtures("loaded")
def test_an_entry_shows_children_other_sides_and_7th_characters() -> None:
    knee = entry("m25.56")
    assert (knee.is_valid, knee.reason) == (False, "A heading: pick a code below it.")
    assert [code.dotted for code in knee.children] == ["M25.561", "M25.562", "M25.569"]
    assert [code.dotted for code in entry("M25562").sides] == ["M25.561", "M25.569"]
    assert entry("S93.4").seventh == (("A", "initial encounter"), ("D", "subsequent encounter"))
    assert [code.dotted for code in entry("S93.4").children] == ["S93.4XXA", "S93.4XXD"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2025, 9, 30), "Not valid yet: it begins on 10/01/2025."),
        (date(2025, 10, 1), ""),
        (date(2026, 9, 30), ""),
        (date(2026, 10, 1), "No longer valid: it ended on 09/30/2026."),
    ],
)
def test_validity_is_that_of_the_date_of_service(on: date, reason: str) -> None:
    days = {"starts_on": date(2025, 10, 1), "ends_on": date(2026, 9, 30)}
    make.code("icd10cm", "K529", "Old colitis", **days)
    found = entry("K529", on)
    assert (found.is_valid, found.reason) == (not reason, reason)
    assert read_entry("icd10cm", "Q99", on) is None


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("code", ["A10", "A109", "M25562", "S934"])
def test_an_entry_takes_at_most_six_statements(code: str) -> None:
    forget_releases()
    with CaptureQueriesContext(connection) as captured:
        entry(code)
    assert len(captured) <= 6


def test_the_page_and_the_pane_show_the_entry(ana_client: Client, loaded: None) -> None:
    url = "/codes/icd10cm/A109/?on=2026-11-02"
    page = ana_client.get(url).content.decode()
    assert "<html" in page
    assert "the cause (M25.-)" in page
    pane = ana_client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in pane
    assert pane.lstrip().startswith('<article id="code-book"')
    assert 'href="/codes/icd10cm/A10/?on=2026-11-02"' in pane
    assert ana_client.get("/codes/icd10cm/Q99/").status_code == 404
    assert ana_client.get("/codes/nosuch/A10/").status_code == 404


def test_the_code_book_searches_without_script(ana_client: Client, loaded: None) -> None:
    page = ana_client.get("/code-book/?q=dawn+glow&on=2026-11-02").content.decode()
    assert 'href="/codes/icd10cm/A100/?on=2026-11-02"' in page
    assert "also called dawn glow" in page
    assert "No code found" in ana_client.get("/code-book/?q=nothing").content.decode()
    assert "Look up a code" in ana_client.get("/code-book/").content.decode()


def test_the_api_searches_and_shows_a_code(ana_client: Client, loaded: None) -> None:
    hits = ana_client.get("/api/codes/?q=gleam&on=2026-11-02").json()
    assert hits[0] == {
        **{"system": "icd10cm", "code": "A109", "dotted": "A10.9", "is_billable": True},
        **{"label": "Made-up fever, unspecified", "why": "index: gleam"},
    }
    found = ana_client.get("/api/codes/icd10cm/s93.4/?on=2026-11-02").json()
    assert found["seventh"] == {"A": "initial encounter", "D": "subsequent encounter"}
    assert (found["is_valid"], found["table"]) == (False, None)
    assert ana_client.get("/api/codes/icd10cm/Q99/").status_code == 404
    refused = ana_client.get("/api/codes/?q=a&on=yesterday")
    assert (refused.status_code, "on" in refused.json()["fields"]) == (400, True)


def row(fourth: str, sixth: dict[str, str]) -> PcsRow:
    head = (Axis("Section", {"0": "S"}), Axis("Part", {"X": "P"}), Axis("Operation", {"1": "O"}))
    rest = (
        Axis("Place", {fourth: f"place {fourth}"}),
        Axis("Way", {"0": "open"}),
        Axis("Device", sixth),
        Axis("To", {"Z": "nowhere"}),
    )
    return PcsRow((*head, *rest))


ROWS = [row("0", {"7": "peg", "Z": "none"}), row("1", {"Z": "none"})]


@pytest.mark.parametrize(
    ("code", "is_constructible", "problem", "choices"),
    [
        ("0X1007Z", True, "", {}),
        ("0X110ZZ", True, "", {}),
        ("0X1107Z", False, "Place 6 cannot be 7 after 0X110.", {"Z": "none"}),
        ("0X1", False, "", {"0": "place 0", "1": "place 1"}),
        ("0X100", False, "", {"7": "peg", "Z": "none"}),
        ("1X1", False, "Place 1 cannot be 1 after nothing.", {"0": "S"}),
        ("0XI", False, "I is no character of a code: digits and letters without I and O.", {}),
        ("0X1007ZZ", False, "A code has seven characters, this has 8.", {}),
    ],
)
def test_a_code_of_pcs_is_built_from_one_row_of_its_table(
    code: str, is_constructible: bool, problem: str, choices: dict[str, str]
) -> None:
    found = check_code(code, ROWS)
    assert (found.is_constructible, found.problem, dict(found.choices)) == (
        is_constructible,
        problem,
        choices,
    )


def test_the_entry_of_a_pcs_code_says_what_its_table_allows(
    ana_client: Client, db: None, tmp_path: Path
) -> None:
    load_code_set(CodeSet.ICD10PCS, code_files.write_pcs(tmp_path))
    table = ana_client.get("/api/codes/icd10pcs/0X10070/?on=2026-11-02").json()["table"]
    assert (table["is_constructible"], table["meanings"][5]) == (True, ["Device", "7", "Peg"])
    assert "Place may be" in ana_client.get("/codes/icd10pcs/0X1/?on=2026-11-02").content.decode()
    before = ana_client.get("/api/codes/icd10pcs/0X10070/?on=2026-09-30").json()
    assert (before["is_valid"], before["table"]) == (False, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "tone", "warning"),
    [
        (date(2026, 9, 30), "amber", "Not loaded"),
        (date(2026, 10, 1), "green", "In force"),
        (date(2027, 8, 16), "amber", "Runs out on 09/30/2027: load the next one"),
        (date(2027, 10, 1), "red", "Out of date since 10/01/2027: load the next one"),
    ],
)
def test_a_release_that_runs_out_is_told(today: date, tone: str, warning: str) -> None:
    make.code_release()
    state = set_states(today)[0]
    assert (state.tone, state.warning) == (tone, warning)
    make.code_release(name="FY2028", starts_on=date(2027, 10, 1), ends_on=date(2028, 9, 30))
    if today > date(2026, 10, 1):
        assert set_states(today)[0].warning == "In force"


@pytest.fixture
def ending(north: Practice) -> CodeRelease:
    """A previewed release of HCPCS and one of ICD-10-CM that each end a code."""
    gone = {"kind": "ended", "last_on": date(2026, 10, 31)}
    release = make.code_release(state="previewed")
    CodeChange.objects.create(release=release, system="icd10cm", code="I10", **gone)
    hcpcs = make.code_release("hcpcs")
    CodeChange.objects.create(release=hcpcs, system="procedure", code="J3301", **gone)
    return release


def test_a_release_touches_open_charts_of_the_practice_served_after_the_last_day(
    north: Practice, south: Practice, ending: CodeRelease
) -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    late = make.coded(make.encounter(north, number="LATE", date_of_service=date(2026, 11, 1)))
    make.coded(make.encounter(north, number="EARLY", date_of_service=date(2026, 10, 31)))
    done = make.coded(make.encounter(north, number="DONE", date_of_service=date(2026, 11, 1)))
    type(done).objects.filter(pk=done.pk).update(
        state="finalized", finalized_at="2026-11-02T00:00:00Z"
    )
    access.open_walls([north.pk, south.pk])
    impact = impact_of(north.pk, ending)
    assert [(chart.number, chart.code) for chart in impact.charts] == [("LATE", "I10")]
    assert impact.charts[0].encounter_id == late.pk
    assert dict(impact.counts)["Ended"] == 1
    assert impact_of(south.pk, ending).charts == ()


def test_a_release_touches_prices_that_go_on_after_their_code(
    north: Practice, mia_client: Client, ending: CodeRelease
) -> None:
    make.fees(north, cj3301="8.00", c99213="165.00")
    page = mia_client.get("/code-sets/hcpcs/2026-10-01/").content.decode()
    assert "$8.00" in page
    assert "$165.00" not in page
    told = mia_client.get("/api/code-releases/hcpcs/2026-10-01/impact/").json()
    assert told["fees"] == [
        {
            **{"schedule": "Standard", "code": "J3301", "modifier": "", "amount": "8.00"},
            "last_on": "2026-10-31",
        }
    ]


def test_code_sets_shows_what_is_in_force_and_what_is_previewed(
    ana_client: Client, loaded: None, tmp_path: Path
) -> None:
    folder = tmp_path / "next"
    folder.mkdir()
    rows = [row for row in code_files.ORDER if row[0] != "A109"]
    paths = code_files.write_icd(folder, rows, 2028, tabular="", index="", drug="")
    load_code_set(CodeSet.ICD10CM, paths, manner=Manner(is_preview=True))
    page = ana_client.get("/code-sets/").content.decode()
    for words in ("FY2027", "FY2028", "Preview, not loaded", "load_code_set cpt FILE"):
        assert words in page
    page = ana_client.get("/code-sets/icd10cm/2027-10-01/?kind=ended").content.decode()
    assert "A10.9" in page
    assert "09/30/2027" in page
    changes = ana_client.get("/api/code-releases/icd10cm/2027-10-01/changes/").json()
    assert [(change["dotted"], change["kind"]) for change in changes["results"]] == [
        ("A10.9", "ended")
    ]
    states = ana_client.get("/api/code-releases/?code_set=icd10cm").json()["results"]
    assert [state["state"] for state in states] == ["previewed", "loaded"]
    assert ana_client.get("/code-sets/icd10cm/2029-10-01/").status_code == 404
    assert ana_client.get("/code-sets/icd10cm/2026-99-99/").status_code == 404
    assert Code.objects.filter(code="A109", ends_on__isnull=True).exists()
