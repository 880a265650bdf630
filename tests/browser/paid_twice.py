"""Money of others for the browser tests: claims paid twice, what payers take back, a rule."""

from decimal import Decimal

from billing.actions.files import read_file, receive_file
from billing.actions.policies import add_rule
from billing.actions.postings import post_remittance
from billing.actions.refunds import request_refund
from billing.models import Account, Claim
from rcm.models import Practice, User
from tests.billing import remitting as r


def bring_payments_made_twice(practice: Practice, *, by: User) -> None:
    """Two claims paid again, one to be given back; PLB entries open, closed in part, and final."""
    claims = list(
        Claim.objects.filter(practice=practice, status="adjudicated", denials=None).order_by("-pk")[
            :2
        ]
    )
    told = [paid_in_full(claim, position) for position, claim in enumerate(claims, 1)]
    paid = sum(claim.amount_billed for claim in claims)
    first = (r.plb("WO", "60.00", "OLDCLAIM1"), r.plb("L6", "-4.12", "INTEREST"))
    second = (r.plb("WO", "-25.00", "OLDCLAIM1"), r.plb("FB", "-12.50", "NEXTCHECK"))
    post(practice, str(paid - Decimal("55.88")), "TWICE1", told, first)
    post(practice, "37.50", "TWICE2", [], second)
    request_refund(
        claims[0],
        account=Account.PRIMARY_RECEIVABLE,
        kind="refund",
        amount=Decimal("20.00"),
        reason="Paid twice",
        by=by,
    )
    terms = {"group": "CO", "reason": "97", "amount_from": Decimal("50.00")}
    add_rule(practice, by=by, name="Bundled, above $50", action="hold", **terms)


def paid_in_full(claim: Claim, position: int) -> r.RemittedClaim:
    lines = [(str(line.amount_billed),) for line in claim.lines.order_by("position")]
    return r.echo(claim, *lines, position=position)


def post(
    practice: Practice,
    amount: str,
    trace_number: str,
    told: list[r.RemittedClaim],
    adjustments: tuple[r.ProviderAdjustment, ...],
) -> None:
    content = r.content(
        amount,
        *told,
        adjustments=adjustments,
        trace_number=trace_number,
        payer_name="HARBOR MUTUAL",
        payee_name="LAKESIDE SPECIALTY CLINIC",
        payee_identifier=practice.npi,
    )
    file = read_file(receive_file(practice, f"{trace_number}.835", content))
    post_remittance(file.remittances.get())
