"""Denials that are alike, with paid claims beside them, through the real way of a remittance."""

from billing.models import Claim
from denials.models import Denial
from rcm.models import Practice
from tests.billing import remitting as r
from tests.denials.denying import answer, sent_claim

BARE = ("99213", "165.00")


def with_modifier(practice: Practice) -> Claim:
    """A claim whose visit carries modifier 25, as the coder entered it."""
    claim = sent_claim(practice, BARE)
    claim.content["lines"][0]["modifiers"] = ["25"]
    claim.save(update_fields=["content"])
    return claim


def deny_alike(practice: Practice, denied: int = 6, paid: int = 6) -> Denial:
    """CO-97 on visits without modifier 25, those with it paid; the newest denial."""
    bare = [sent_claim(practice, BARE) for _ in range(denied)]
    marked = [with_modifier(practice) for _ in range(paid)]
    answer(
        practice,
        *(r.echo(claim, ("0.00", "CO-97 165.00"), position=at) for at, claim in enumerate(bare, 1)),
        *(
            r.echo(claim, ("92.00", "CO-45 73.00"), position=denied + at)
            for at, claim in enumerate(marked, 1)
        ),
    )
    return Denial.objects.order_by("-pk")[0]
