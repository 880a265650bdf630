"""A recorded remittance is the whole of what the payer said: it can be written back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import stored_remittance as stored
from billing.actions.exports import export_remittance
from billing.models import Remittance
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.items import Item
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    ProviderSummary,
    Quantity,
    Reference,
    Remark,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from tests.billing import remitting as r
from tests.billing.shared_files import FILES, become_payee
from tests.x12 import test_round_trips as strategies
from tests.x12.build import only, read_all

NUMBERS = count(1)

LINE = RemittedLine(
    1,
    "NU",
    "0450",
    ("25", "59"),
    12_345,
    10_000,
    "0451",
    Decimal("1.5"),
    "HC",
    "99284",
    ("RT",),
    Decimal(2),
    adjustments=(
        Adjustment("CO", "45", 2_000, Decimal(1)),
        Adjustment("PR", "2", 300),
        Adjustment("CO", "253", 0),
        Adjustment("CO", "144", -55),
        Adjustment("OA", "23", 100, Decimal("-0.5")),
    ),
    references=(
        Reference("LU", "11"),
        Reference("6R", "L1"),
        Reference("6R", "L2"),
        Reference("0K", "GRP", "Policy form"),
    ),
    dates=(
        DateReference("150", date(2026, 10, 1)),
        DateReference("472", date(2026, 10, 2), "20261002-20261005"),
        DateReference("151", None, "NEVER"),
    ),
    amounts=(Amount("B6", 10_400), Amount("B6", -1), Amount("KH", 0)),
    quantities=(Quantity("ZK", Decimal("3.25")),),
    remarks=(Remark("HE", "N130"), Remark("RX", "70"), Remark("HE", "M15")),
    description="E. R. visit",
    submitted_description="Emergency",
)
CLAIM = RemittedClaim(
    1,
    "x-1 ",
    "22",
    12_345,
    9_900,
    0,
    "MC",
    "ICN*1",
    "13",
    "7",
    "470",
    Decimal(0),
    "7",
    (Adjustment("OA", "A1", 0), Adjustment("CO", "A2", 100, Decimal(2))),
    (LINE, replace(LINE, position=2, amount_billed=0, amount_paid=0, adjustments=())),
    (
        Party("QC", "1", "Okáfor", "Denise", "M", "JR", "MI", "UC1", "DR"),
        Party("IL", "1", "OKAFOR", "SAM", "", "", "MI", "UC0"),
        Party("74", "1", "OKAFORE", "", "", "", "C", "UC2"),
        Party("82", "2", "CLINIC", "", "", "", "XX", "1234567893"),
        Party("TT", "2", "NEXT", "", "", "", "PI", "N1"),
        Party("PR", "2", "OTHER PAYER", "", "", "", "PI", "O1"),
        Party("GB", "1", "HOLDER", "ANN", "", "", "FI", "999"),
    ),
    (Reference("F8", "OLD"), Reference("EA", "M7"), Reference("1L", "G1")),
    (DateReference("232", date(2026, 10, 1)), DateReference("050", date(2026, 10, 9))),
    (("CX", "Desk", "TE", "8005550100", "EX", "12"),),
    (Amount("AU", 12_000), Amount("I", -150)),
    (Quantity("CA", Decimal(3)),),
    ("1", "", "", "500.25", "MA01", *("",) * 18, "7"),
    ("0.5", "", "MA18", "N89", "", "", "", "", "12.4"),
    patient_status="30",
    discharge_fraction=Decimal("0.25"),
    condition_response="Y",
)
START = RemittanceStart(
    "I",
    9_900,
    "C",
    "ACH",
    date(2026, 11, 20),
    "TRACE",
    "1999999999",
    "SUPPL",
    date(2026, 11, 19),
    "A payer whose name is longer than the sixty characters a column of ours takes",
    "PAYER1",
    ("1 Plaza", "", "HARTFORD", "CT", "061030001", "US", "", "06"),
    (Reference("2U", "60054"), Reference("EO", "77")),
    (("CX", "Desk", "TE", "8005550100"), ("BL", "Edi", "EM", "edi@payer.example")),
    "NORTH MEDICAL GROUP",
    "XX",
    "1234567893",
    ("2 Road", "Suite", "SPRINGFIELD", "IL", "62701"),
    (Reference("TJ", "123456789"), Reference("PQ", "5")),
    (Reference("EV", "R1"), Reference("F2", "V2")),
    "CCP",
    "USD",
    ("BM", "Name", "Where"),
    "1",
    "XV",
    ("01", "111000025", "DA", "123456", "1999999999", "", "01", "121000248", "DA", "98765"),
    ("PR", "USD", "1.0"),
)
SUMMARIES = (
    ProviderSummary("TS3", ("1234567893", "13", "20261231", "1", "123.45"), "3"),
    ProviderSummary("TS2", ("100", "", "7"), "3"),
    ProviderSummary("TS3", ("1234567893", "11"), "7"),
)


def record(practice: Practice, content: bytes) -> Remittance:
    """Receive and read it; the row as the database has it."""
    return Remittance.objects.select_related("practice").get(pk=r.recorded(practice, content).pk)


def told(items: list[Item]) -> tuple[Any, ...]:
    """What one payment says, places in the file forgotten."""
    (start,), (end,) = only(RemittanceStart, items), only(RemittanceEnd, items)
    claims = [
        replace(claim, segment_number=0, byte_offset=0) for claim in only(RemittedClaim, items)
    ]
    return start, claims, end.provider_adjustments, end.summaries


def rebuilt(row: Remittance) -> tuple[Any, ...]:
    """The same from the rows."""
    return (
        stored.stored_start(row),
        list(stored.stored_claims(row)),
        stored.stored_adjustments(row),
        stored.stored_summaries(row),
    )


def written(row: Remittance) -> bytes:
    out = BytesIO()
    stored.write_stored(row, out)
    return out.getvalue()


def everything() -> bytes:
    """An 835 in which every element the guide knows is filled, one CAS group in two segments."""
    out = BytesIO()
    adjustments = (
        ProviderAdjustment("1234567893", date(2026, 12, 31), "WO", "A:B", 100),
        ProviderAdjustment("1234567893", date(2026, 12, 31), "L6", "", -100),
        ProviderAdjustment("1245319599", date(2027, 6, 30), "FB", "X", 0),
    )
    separators = stored.Delimiters("|", "!", ">", "'")
    envelope = stored.Envelope("P", "N", 1, 1, make_time(), delimiters=separators)
    stored.write_as_said(out, envelope, (START, [CLAIM], adjustments), SUMMARIES)
    return out.getvalue()


def make_time() -> Any:
    from datetime import datetime

    return datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries wall-clock time


def test_every_element_of_an_835_comes_back_from_the_rows(north: Practice) -> None:
    content = everything()
    row = record(north, content)
    said = told(read_all(content))
    assert said[0] == START
    assert said[1] == [CLAIM]
    assert said[3] == SUMMARIES
    assert rebuilt(row) == said
    assert told(read_all(written(row))) == said


def fit(claim: RemittedClaim) -> RemittedClaim:
    """Codes as short as columns and guides have them."""

    def short(adjustments: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
        return tuple(replace(row, reason=row.reason[:5]) for row in adjustments)

    lines = tuple(
        replace(line, revenue_code=line.revenue_code[:4], adjustments=short(line.adjustments))
        for line in claim.lines
    )
    return replace(
        claim,
        filing_indicator=claim.filing_indicator[:2],
        lines=lines,
        adjustments=short(claim.adjustments),
    )


@settings(
    max_examples=60,
    deadline=None,
    phases=strategies.PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=strategies.STARTS,
    claims=st.lists(strategies.CLAIMS.map(fit), max_size=3),
    adjustments=strategies.PROVIDER_ADJUSTMENTS,
)
def test_any_remittance_comes_back_from_the_rows(
    north: Practice,
    start: RemittanceStart,
    claims: list[RemittedClaim],
    adjustments: tuple[ProviderAdjustment, ...],
) -> None:
    start = replace(
        start,
        payer_identifier=start.payer_identifier[:10],
        payee_identifier=north.npi,
        trace_number=f"T{next(NUMBERS)}",
    )
    pairs = tuple(replace(row, code=row.code[:2]) for row in adjustments)
    content = r.content_of((start, claims, pairs))
    row = record(north, content)
    said = told(read_all(content))
    assert rebuilt(row) == said
    assert told(read_all(written(row))) == said


def payments_of(path: Path) -> list[list[Item]]:
    """The items of each intact 835 of the file."""
    found, open_items = [], []
    for item in read_all(path.read_bytes()):
        if isinstance(item, RemittanceStart):
            open_items = []
        open_items.append(item)
        if isinstance(item, RemittanceEnd):
            found.append(open_items)
    return found


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: path.name if path else "none")
def test_a_shared_835_comes_back_from_the_rows(north: Practice, path: Path | None) -> None:
    if path is None:
        return  # the samples are not part of this repository
    become_payee(north, path.read_bytes())
    said = [told(items) for items in payments_of(path)]
    file = r.read(north, path.read_bytes())
    rows = Remittance.objects.select_related("practice").filter(file=file).order_by("pk")
    assert rows or "not used" in file.note
    for row in rows:
        assert row.hold_code != "other_practice"
        assert rebuilt(row) in said
        assert told(read_all(written(row))) == rebuilt(row)


def test_claims_stream_a_thousand_at_a_time(
    north: Practice, django_assert_num_queries: Callable[[int], Any]
) -> None:
    claims = [r.clp(f"X{n}", "1.00", "1.00", r.line("99213", "1.00", "1.00")) for n in range(2001)]
    row = record(north, r.content("2001.00", *claims))
    with django_assert_num_queries(10):
        found = list(stored.stored_claims(row))
    assert [claim.patient_control_number for claim in found] == [f"X{n}" for n in range(2001)]


def test_a_name_with_a_usual_separator_is_written_with_others(north: Practice) -> None:
    told_claim = r.clp("X1", "5.00", "5.00")
    content = r.content("5.00", told_claim).replace(b"OKAFOR", b"O^K:A")
    row = record(north, content)
    assert written(row)[:4] == b"ISA*"
    assert told(read_all(written(row))) == told(read_all(content))
    pipes = r.content_of((r.start("5.00"), [told_claim], ()), delimiters=stored.SEPARATORS[2])
    row = record(north, pipes.replace(b"OKAFOR", b"O*K:A").replace(b"CHECK1", b"CHECK2"))
    assert written(row)[:4] == b"ISA|"
    (claim,) = only(RemittedClaim, read_all(written(row)))
    assert claim.parties[0].last_name == "O*K:A"


def test_text_that_leaves_no_separators_is_refused(north: Practice) -> None:
    row = record(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    row.trace_number = "*|\x1d"
    with pytest.raises(Refusal, match="leaves no characters for separators"):
        written(row)


def test_of_another_practices_payment_there_is_nothing_to_write(
    north: Practice, ben_client: Client
) -> None:
    head = {"payee_identifier": "1245319599", "payee_references": ()}
    row = record(north, r.content("5.00", r.clp("X1", "5.00", "5.00"), **head))
    answer = ben_client.get(reverse("remittance_x12", args=[row.pk]))
    assert answer.status_code == 422
    assert not Event.objects.filter(name="remittance.exported").exists()


def test_the_835_of_a_payment_can_be_downloaded(
    north: Practice, ben: User, ben_client: Client
) -> None:
    content = r.content("5.00", r.clp("X1", "5.00", "5.00"))
    row = record(north, content)
    page = ben_client.get(reverse("remittance", args=[row.pk])).content.decode()
    assert reverse("remittance_x12", args=[row.pk]) in page
    answer = ben_client.get(reverse("remittance_x12", args=[row.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="remittance-{row.pk}.835"'
    assert told(read_all(b"".join(answer))) == told(read_all(content))
    event = Event.objects.get(name="remittance.exported")
    assert (event.subject_id, event.created_by, event.data) == (row.pk, ben, {})


def test_bank_accounts_are_kept_and_never_shown(north: Practice, ben_client: Client) -> None:
    bank = ("01", "111000025", "DA", "55501234", "", "", "01", "121000248", "DA", "77709876")
    content = r.content("5.00", r.clp("X1", "5.00", "5.00"), bank=bank, method="ACH")
    row = record(north, content)
    assert stored.stored_start(row).bank == bank
    assert "55501234" not in repr(stored.stored_start(row))
    for address in (
        reverse("remittance", args=[row.pk]),
        reverse("file", args=[row.file_id]),
        f"/api/remittances/{row.pk}/",
        f"/api/files/{row.file_id}/",
    ):
        text = ben_client.get(address).content.decode()
        assert "55501234" not in text, address
        assert "77709876" not in text, address


def test_a_command_writes_the_835(north: Practice, tmp_path: Path, capfd: Any) -> None:
    content = r.content("5.00", r.clp("X1", "5.00", "5.00"))
    row = record(north, content)
    out = tmp_path / "one.835"
    call_command("write_remittance", str(row.pk), str(out), practice=north.npi)
    assert told(read_all(out.read_bytes())) == told(read_all(content))
    call_command("write_remittance", str(row.pk), practice=north.npi)
    assert capfd.readouterr().out.encode() == out.read_bytes()
    with pytest.raises(CommandError, match="No practice has the NPI 1"):
        call_command("write_remittance", str(row.pk), practice="1")
    with pytest.raises(CommandError, match="The practice has no remittance 0"):
        call_command("write_remittance", "0", practice=north.npi)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("write_remittance", str(row.pk), str(tmp_path), practice=north.npi)


def test_the_bytes_are_rewound_for_who_sends_them(north: Practice) -> None:
    row = record(north, r.content("5.00", r.clp("X1", "5.00", "5.00")))
    with export_remittance(row, by=None) as content:
        assert content.read(3) == b"ISA"
