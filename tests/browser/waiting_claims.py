"""A payment whose claims wait for a person, one reason each, for the browser tests."""

from datetime import timedelta

from billing.actions.files import read_file, receive_file
from billing.actions.postings import post_remittance
from billing.actions.takebacks import reverse_claim
from billing.models import Claim, Remittance
from rcm.models import Practice, User
from rcm.x12.remittance_835 import Remark
from tests.billing import remitting as r


def bring_waiting_claims(practice: Practice, *, by: User) -> Remittance:
    """A number that is nearly ours, a line nobody sent, a reversal of nothing, a posting undone."""
    claims = list(
        Claim.objects.filter(practice=practice, status="adjudicated", denials=None).order_by("pk")[
            :4
        ]
    )
    told = [
        nearly(claims[0]),
        r.clp(
            claims[1].patient_control_number,
            "90.00",
            "90.00",
            r.line("99499", "90.00", "90.00", remarks=(Remark("HE", "N130"),)),
            position=2,
        ),
        r.clp(
            claims[2].patient_control_number,
            "-77.00",
            "-10.00",
            r.line("99213", "-77.00", "-10.00", "CO-45 -67.00"),
            status="22",
            position=3,
        ),
        r.echo(
            claims[3], *[("0.00", f"CO-45 {line.amount_billed}") for line in claims[3].lines.all()]
        ),
    ]
    total = str(sum(claim.amount_paid for claim in told) / 100)
    head = {
        "trace_number": "WAITS1",
        "payer_name": "HARBOR MUTUAL",
        "payee_name": "LAKESIDE SPECIALTY CLINIC",
        "payee_identifier": practice.npi,
    }
    contents = [r.content(total, *told, number=number, **head) for number in (77, 78)]
    file = read_file(receive_file(practice, "waits.835", contents[0]))
    read_file(receive_file(practice, "waits-again.835", contents[1]))
    remittance = post_remittance(file.remittances.get())
    posted = remittance.claims.filter(state="posted").first()
    if posted is not None:
        reverse_claim(posted, reason="Belongs to another visit", by=by)
    return remittance


def nearly(claim: Claim) -> r.RemittedClaim:
    """The patient and charge of a claim of ours, a day late and without its number."""
    day = claim.date_of_service + timedelta(days=1)
    patient = claim.patient
    billed = str(claim.amount_billed)
    line = r.line("99213", billed, billed, dates=(r.DateReference("472", day),))
    names = (patient.last_name.upper(), patient.first_name.upper())
    return r.clp(
        "00NOTOURS1",
        billed,
        billed,
        line,
        parties=(r.Party("QC", "1", *names, "", "", "", ""),),
    )
