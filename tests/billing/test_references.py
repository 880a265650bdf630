"""Keys of bulk rows: checked per statement, within the practice; what they name stays."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from billing.models import Adjustment, Claim, Posting, RemittedLine
from rcm import access
from rcm.models import Practice
from tests import make
from tests.billing import remitting as r

NOBODY = 999_999_999


def test_a_move_cannot_name_a_claim_that_is_not_there(north: Practice) -> None:
    with pytest.raises(IntegrityError, match="claim_id refers to no row"), transaction.atomic():
        Posting.objects.create(
            practice=north,
            source="revenue",
            destination="primary_receivable",
            amount="1.00",
            claim_id=NOBODY,
            origin="test:1",
            posted_on=make.TODAY,
        )
    assert not Posting.objects.exists()


def test_a_move_cannot_name_a_claim_of_another_practice(north: Practice, south: Practice) -> None:
    claim = make.claim(north)
    access.open_walls([north.pk, south.pk])
    with pytest.raises(IntegrityError, match="no row of this practice"), transaction.atomic():
        Posting.objects.create(
            practice=south,
            source="revenue",
            destination="primary_receivable",
            amount="1.00",
            claim=claim,
            origin="test:1",
            posted_on=make.TODAY,
        )
    assert not Posting.objects.exists()


def test_a_remitted_line_cannot_be_matched_to_a_line_that_is_not_there(north: Practice) -> None:
    row = r.recorded(north, r.content("72.00", r.echo(make.claim(north), ("72.00", "CO-45 93.00"))))
    with pytest.raises(IntegrityError, match="service_line_id refers"), transaction.atomic():
        RemittedLine.objects.filter(remittance=row).update(service_line_id=NOBODY)
    with pytest.raises(IntegrityError, match="remitted_line_id refers"), transaction.atomic():
        Adjustment.objects.create(
            practice=north,
            remittance=row,
            remitted_claim=row.claims.get(),
            remitted_line_id=NOBODY,
            position=9,
            group="CO",
            reason="45",
            amount="1.00",
        )


def test_what_rows_refer_to_is_never_deleted(north: Practice) -> None:
    claim = make.claim(north)
    for rows in (claim.lines.all(), Claim.objects.filter(pk=claim.pk)):
        with pytest.raises((IntegrityError, InternalError), match="never"), transaction.atomic():
            rows._raw_delete(rows.db)
    assert claim.lines.count() == 1
