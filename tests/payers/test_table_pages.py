"""Which reference tables are loaded, for people and for programs."""

from pathlib import Path

from django.test import Client

from payers.actions.edit_tables import load_table
from payers.rules.edit_tables import Table
from rcm.models import User
from tests.conftest import signed_in
from tests.payers.edit_files import unit_file


def test_a_manager_sees_what_is_loaded_and_how_to_load_the_rest(mia: User, tmp_path: Path) -> None:
    load = load_table(Table.MUE_PRACTITIONER, [unit_file(tmp_path, "Z0001,2,1 Line Edit,x")])
    page = signed_in(mia).get("/reference-tables/").content.decode()
    assert "Most units, practitioner" in page and "2026 Q4" in page
    assert load.checksum[:12] in page
    assert page.count("Not loaded</span>") == len(Table) - 1
    assert "manage.py load_edit_table ptp_hospital FILE" in page
    assert "load_edit_table mue_practitioner" not in page


def test_a_coder_sees_no_reference_tables(ana: User) -> None:
    assert signed_in(ana).get("/reference-tables/").status_code == 403
    assert signed_in(ana).get("/api/edit-table-releases/").status_code == 403
    assert Client().get("/reference-tables/").status_code == 302


def test_the_api_lists_releases_by_table_and_state(mia: User, tmp_path: Path) -> None:
    for units in (2, 3):
        rows = unit_file(tmp_path, f"Z0001,{units},1 Line Edit,x")
        load_table(Table.MUE_PRACTITIONER, [rows])
    client = signed_in(mia)
    both = client.get("/api/edit-table-releases/").json()["results"]
    assert [release["state"] for release in both] == ["loaded", "replaced"]
    in_use = client.get("/api/edit-table-releases/?table=mue_practitioner&state=loaded").json()
    assert [release["name"] for release in in_use["results"]] == ["2026 Q4"]
    assert in_use["results"][0]["row_count"] == 1
    assert client.get("/api/edit-table-releases/?table=mcd_lcd").json()["results"] == []
    assert client.get("/api/edit-table-releases/?table=x").json() == {
        "code": "invalid",
        "message": "A filter has a value it cannot take.",
        "fields": {"table": "Select a valid choice. x is not one of the available choices."},
    }
