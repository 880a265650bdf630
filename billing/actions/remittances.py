"""Finds the claims a payer speaks of once more, or takes a person's word for it."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from billing.actions import claim_matches, claim_status, line_matches, postings
from billing.actions.claim_matches import Asked
from billing.models import Claim, Remittance, RemittedClaim
from billing.rules.matching import RemittedLineFact
from billing.staging import NULL, StagedTable, cursor
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

CHUNK_CLAIMS = 1000
CLAIM_PAIRS = StagedTable(
    "claim_match",
    {"id": "bigint", "claim_id": "bigint", "match_method": "text", "match_score": "smallint"},
)
LINE_PAIRS = StagedTable(
    "line_match", {"id": "bigint", "service_line_id": "bigint", "match_method": "text"}
)
OPEN = """
SELECT r.position, r.id, r.patient_control_number, r.payer_claim_control_number,
       r.patient_last_name, r.patient_first_name, r.member_id, (r.amount_billed * 100)::bigint,
       (SELECT min(l.date_of_service) FROM billing_remittedline l
        WHERE l.remitted_claim_id = r.id)
FROM billing_remittedclaim r
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s
  AND r.state IN ('recorded', 'unmatched') AND r.exception_code <> 'unmatched_by_person'
  AND r.position > %(after)s
ORDER BY r.position LIMIT %(limit)s
"""
MATCH = f"""
UPDATE billing_remittedclaim r
SET claim_id = m.claim_id, match_method = m.match_method, match_score = m.match_score,
    state = 'matched', exception = '', exception_code = ''
FROM {CLAIM_PAIRS.table} m
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s AND r.id = m.id
"""  # noqa: S608  a constant of ours
REMITTED = """
SELECT r.id, r.claim_id, l.id, l.line_control_number,
       CASE l.submitted_code WHEN '' THEN l.procedure_code ELSE l.submitted_code END,
       CASE l.submitted_code WHEN '' THEN l.modifiers ELSE ARRAY(
           SELECT jsonb_array_elements_text(l.details -> 'submitted_modifiers')) END,
       (l.amount_billed * 100)::bigint, l.date_of_service
FROM billing_remittedclaim r
JOIN billing_remittedline l ON l.remitted_claim_id = r.id
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s
  AND r.id = ANY(%(claims)s)
ORDER BY l.id
"""
MATCH_LINES = f"""
UPDATE billing_remittedline l
SET service_line_id = m.service_line_id, match_method = m.match_method
FROM {LINE_PAIRS.table} m
WHERE l.practice_id = %(practice)s AND l.id = m.id
"""  # noqa: S608  a constant of ours


@transaction.atomic
def make_ready(remittance: Remittance, *, by: User | None = None) -> Remittance:
    """A recorded remittance that balances may post. A held one stays held."""
    if remittance.state == Remittance.State.RECORDED:
        remittance.state = Remittance.State.READY
        remittance.save(update_fields=["state"])
        events.record("remittance.matched", remittance, by=by)
    return remittance


@transaction.atomic
def match_remittance(remittance: Remittance, *, by: User | None = None) -> Remittance:
    """Look once more for the claims that were not found; afterwards it is ready to post.

    May be repeated: only what is not matched yet is looked at.
    """
    names: dict[str, Any] = {
        "practice": remittance.practice_id,
        "remittance": remittance.pk,
        "after": 0,
        "limit": CHUNK_CLAIMS,
    }
    with cursor() as db:
        CLAIM_PAIRS.open(db)
        LINE_PAIRS.open(db)
        while True:
            db.execute(OPEN, names)
            rows = db.fetchall()
            if rows:
                match_rows(db, remittance, [Asked(*row[1:]) for row in rows], names)
                names["after"] = rows[-1][0]
            if len(rows) < CHUNK_CLAIMS:
                break
    return make_ready(remittance, by=by)


def match_rows(
    db: CursorWrapper, remittance: Remittance, asked: list[Asked], names: dict[str, Any]
) -> None:
    """Write which claims these are, and their lines."""
    answer = claim_matches.find_claims(db, remittance.practice_id, remittance.payer_id, asked)
    if not answer.found:
        return
    CLAIM_PAIRS.fill(
        db,
        [
            f"{pk}\t{found.claim_id}\t{found.method}\t"
            f"{NULL if found.score is None else found.score}"
            for pk, found in answer.found.items()
        ],
    )
    db.execute(MATCH, names)
    match_lines_of(db, remittance, list(answer.found))


def match_lines_of(db: CursorWrapper, remittance: Remittance, remitted_claims: list[int]) -> None:
    """Match all lines of these remitted claims, which have their claims."""
    names = {"practice": remittance.practice_id, "remittance": remittance.pk}
    db.execute(REMITTED, names | {"claims": remitted_claims})
    claims: dict[int, int] = {}
    lines: defaultdict[int, list[RemittedLineFact]] = defaultdict(list)
    for pk, claim_id, line_id, number, code, modifiers, cents, day in db.fetchall():
        claims[pk] = claim_id
        fact = RemittedLineFact(line_id, number, code, tuple(modifiers), cents, day)
        lines[pk].append(fact)
    asked = {pk: (claim_id, lines[pk]) for pk, claim_id in claims.items()}
    found = line_matches.find_lines(db, asked)
    LINE_PAIRS.fill(
        db, [f"{pk}\t{line.service_line_id}\t{line.method}" for pk, line in found.items()]
    )
    db.execute(MATCH_LINES, names)


@transaction.atomic
def match_claim(remitted_claim: RemittedClaim, claim: Claim, *, by: User) -> RemittedClaim:
    """A person says which claim the payer means; it posts at once when the payment has posted.

    Raises Refusal when the payer's claim has posted already or the claim was never sent.
    """
    remittance, locked = lock(remitted_claim)
    if claim.practice_id != locked.practice_id or claim.submitted_at is None:
        message = f"Claim {claim.patient_control_number} was never sent to a payer."
        raise Refusal("claim_not_sent", message, fields={"claim": message})
    locked.claim = claim
    locked.match_method = "person"
    locked.match_score = None
    locked.state = RemittedClaim.State.MATCHED
    save_match(locked)
    with cursor() as db:
        LINE_PAIRS.open(db)
        match_lines_of(db, remittance, [locked.pk])
    events.record(
        "remitted_claim.matched", locked, by=by, patient_id=claim.patient_id, claim=claim.pk
    )
    if remittance.state in (Remittance.State.PARTLY_POSTED, Remittance.State.POSTED):
        postings.post_remittance(remittance, by=by)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def unmatch_claim(remitted_claim: RemittedClaim, *, by: User) -> RemittedClaim:
    """Undo a match that has not posted; the claim waits for a person again.

    Raises Refusal when it has posted (take the posting back first) or is not matched.
    """
    _, locked = lock(remitted_claim)
    if locked.claim is None:
        raise Refusal("claim_not_matched", "No claim is matched with it.")
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=locked.claim.pk)
    locked.claim = None
    locked.match_method = ""
    locked.match_score = None
    locked.state = RemittedClaim.State.UNMATCHED
    locked.is_released = False
    save_match(locked, "A person undid the match.", "unmatched_by_person")
    events.record(
        "remitted_claim.unmatched", locked, by=by, patient_id=claim.patient_id, claim=claim.pk
    )
    if locked.posting_round:
        claim_status.withdraw_decision(claim, by=by)
    return locked


def lock(remitted_claim: RemittedClaim) -> tuple[Remittance, RemittedClaim]:
    """Both rows, locked in this order everywhere. Raises Refusal when the claim has posted."""
    remittance = Remittance.objects.select_for_update(of=("self",)).get(
        pk=remitted_claim.remittance_id
    )
    locked = RemittedClaim.objects.select_for_update(of=("self",)).get(pk=remitted_claim.pk)
    if locked.state == RemittedClaim.State.POSTED:
        raise Refusal("already_posted", "This payment is posted already.", status=409)
    return remittance, locked


def save_match(locked: RemittedClaim, exception: str = "", code: str = "") -> None:
    """Store the match; lines of another claim are none of this one."""
    locked.exception = exception
    locked.exception_code = code
    locked.save(
        update_fields=[
            *("claim", "match_method", "match_score", "state", "exception", "exception_code"),
            "is_released",
        ]
    )
    locked.lines.update(service_line=None, match_method="")
