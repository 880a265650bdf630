"""A payer that answers on paper: keyed from the page, to the cent, into the same ledger."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.models import ManualBatch, ManualLine, Posting, Remittance
from denials import tasks as denial_tasks
from denials.models import Denial
from tests.conftest import signed_in
from tests.flows.story import Story, assert_ledger, balances, twice


def key(client: Client, line: ManualLine, **cells: str) -> None:
    """Ben types a row and leaves it."""
    url = reverse("manual_line", args=[line.manual_claim.batch_id, line.pk])
    answer = client.post(
        url, cells | {"version": str(line.version)}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200


def test_a_paper_eob_is_keyed_closed_and_worked_like_an_835(story: Story) -> None:
    story.chart()
    claim = story.draft(story.code("99213", "93000"))
    story.submit()
    client = signed_in(story.ben)
    head = {
        "payer": claim.payer_id,
        "method": "CHK",
        "trace_number": "55120",
        "control_total": "71.99",
        "paid_on": timezone.localdate().isoformat(),
    }
    client.post(reverse("manual_opening"), head)
    batch = ManualBatch.objects.get()
    client.post(reverse("manual_claims", args=[batch.pk]), {"claim": claim.patient_control_number})
    visit, test = ManualLine.objects.select_related("manual_claim").order_by("position")
    key(client, visit, paid="72.00", copayment="20.00", contract="=")
    key(client, test, paid="0", others="CO-11 55.00")

    closing = reverse("manual_closing", args=[batch.pk])
    refused = client.post(closing)
    assert refused.status_code == 422
    assert "-0.01 is left to post. It must be 0.00." in refused.content.decode()
    assert not Remittance.objects.exists()
    before = Posting.objects.count()

    client.post(reverse("manual_head", args=[batch.pk]), head | {"control_total": "72.00"})
    assert client.post(closing).status_code == 302
    remittance = Remittance.objects.get()
    assert (remittance.source, remittance.state) == ("manual", "posted")
    assert Posting.objects.count() == before + 4
    assert balances(claim) == {
        "revenue": "-220.00",
        "primary_receivable": "55.00",
        "patient_receivable": "20.00",
        "contractual": "73.00",
        "unapplied": "72.00",
    }
    assert_ledger(story.practice)
    claim.refresh_from_db()
    assert claim.status == "adjudicated"
    twice(denial_tasks.open_denials, story.practice.pk, remittance.pk)
    denial = Denial.objects.get()
    assert (denial.reason, denial.amount) == ("11", Decimal("55.00"))
