"""CARC and RARC numbers with our own labels and routing, from payers/tables into the database."""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.db.models import Model

from payers.models import ReasonCode, RemarkCode

TABLES = Path(__file__).resolve().parent.parent / "tables"


@transaction.atomic
def load_code_lists() -> tuple[int, int]:
    """Write every row of the two tables, new or changed; (reason codes, remark codes) written.

    Codes that left the tables stay: stored remittances still name them.
    """
    reasons = [
        ReasonCode(
            code=row["carc"],
            label=row["own_summary"][:160],
            category=row["category"],
            subcategory=row["subcategory"],
            # "conditional" goes to the coder too: the person there knows the condition.
            routes_to_coder=row["route_to_coder"] != "no",
            owner_queue=row["owner_queue"],
            default_action=row["default_action"][:200],
            appealable=row["appealable"],
        )
        for row in read_table("carc_routing.csv")
    ]
    remarks = [
        RemarkCode(
            code=row["rarc"],
            label=row["own_summary"][:160],
            category=row["category"],
            routes_to_coder=row["route_to_coder"] != "no",
            owner_queue=row["owner_queue"],
        )
        for row in read_table("rarc_overrides.csv")
    ]
    ReasonCode.objects.bulk_create(
        reasons,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=changeable(ReasonCode),
    )
    RemarkCode.objects.bulk_create(
        remarks,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=changeable(RemarkCode),
    )
    return len(reasons), len(remarks)


def changeable(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.fields if not field.primary_key]


def read_table(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table of ours by column name."""
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
