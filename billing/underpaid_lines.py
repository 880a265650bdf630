"""The statements that learn what payers usually allow, and find the lines paid below it."""

# Every posted answer to a line of a primary claim that stands and allows something. The patient's
# share of a paid service (payers.rules.treatment) counts as allowed where the payer does not say.
ANSWERS = """
SELECT l.id, c.id AS claim_id, c.payer_id, s.id AS service_line_id, s.position, s.procedure_code,
    array_to_string(array(SELECT unnest(s.modifiers) ORDER BY 1), ' ') AS modifiers,
    coalesce(p.place_of_service, '') AS place_of_service, s.units, r.paid_on,
    coalesce(l.amount_allowed, l.amount_paid + coalesce(a.patient, 0)) AS allowed
FROM billing_remittance r
JOIN billing_remittedclaim m ON m.remittance_id = r.id
JOIN billing_claim c ON c.id = m.claim_id
JOIN billing_remittedline l ON l.remitted_claim_id = m.id
JOIN billing_serviceline s ON s.id = l.service_line_id
JOIN coding_encounter e ON e.id = c.encounter_id
LEFT JOIN rcm_servicelocation p ON p.id = e.location_id
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS patient FROM billing_adjustment a
    WHERE l.amount_allowed IS NULL AND a.remitted_line_id = l.id AND a."group" = 'PR'
        AND a.reason = ANY(%(shares)s)
) a ON true
WHERE r.practice_id = %(practice)s AND which
    AND m.state = 'posted' AND m.status_code NOT IN ('22', '23', '25')
    AND c.rank = 'P' AND c.frequency <> '8' AND s.units > 0 AND s.procedure_code <> ''
    AND coalesce(l.amount_allowed, l.amount_paid + coalesce(a.patient, 0)) > 0
    AND NOT EXISTS (SELECT 1 FROM billing_remittedclaim v WHERE v.reverses_id = m.id)
"""


def among(text: str, which: str) -> str:
    """The statement with the answers in it that `which` (a condition on the payment r) keeps."""
    return text.replace("(answers)", f"({ANSWERS.replace('which', which)})")


FORGET = """
DELETE FROM billing_usualallowed WHERE practice_id = %(practice)s AND quarter >= %(since)s
"""
LEARN = among(
    """
INSERT INTO billing_usualallowed (practice_id, payer_id, procedure_code, modifiers,
    place_of_service, quarter, lines, low, median, high)
SELECT %(practice)s, payer_id, procedure_code, modifiers, place_of_service, quarter, lines,
    quartiles[1], quartiles[2], quartiles[3]
FROM (
    SELECT payer_id, procedure_code, modifiers, place_of_service,
        date_trunc('quarter', paid_on)::date AS quarter, count(*) AS lines,
        percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY round(allowed / units, 2))
            AS quartiles
    FROM (answers) told
    GROUP BY 1, 2, 3, 4, 5
    HAVING count(*) >= %(fewest)s
) usual
""",
    "r.paid_on >= %(since)s AND r.paid_on <= %(today)s",
)
STAGE = among(
    """
CREATE TEMPORARY TABLE answered_lines ON COMMIT DROP AS
SELECT told.* FROM (answers) told
WHERE NOT EXISTS (SELECT 1 FROM billing_underpayment u WHERE u.remitted_line_id = told.id)
""",
    "r.posted_at >= %(posted_since)s",
)
STAGE_EXPECTED = """
CREATE TEMPORARY TABLE contracted_lines (
    service_line_id bigint, expected numeric(12, 2), basis text) ON COMMIT DROP
"""
WITH_CONTRACT = """
SELECT DISTINCT a.claim_id FROM answered_lines a
WHERE a.payer_id IN (
    SELECT k.payer_id FROM payers_payercontract k WHERE k.practice_id = %(practice)s)
ORDER BY 1
"""
EXPECT = """
INSERT INTO contracted_lines
SELECT s.id, x.expected, x.basis
FROM unnest(%(claims)s::bigint[], %(positions)s::int[], %(amounts)s::numeric[], %(bases)s::text[])
    AS x(claim_id, position, expected, basis)
JOIN billing_serviceline s ON s.claim_id = x.claim_id AND s.position = x.position
"""
BELOW_CONTRACT = """
INSERT INTO billing_underpayment (practice_id, remitted_line_id, claim_id, payer_id, procedure_code,
    modifiers, place_of_service, paid_on, basis, basis_name, basis_lines, expected, allowed,
    shortfall)
SELECT %(practice)s, a.id, a.claim_id, a.payer_id, a.procedure_code, a.modifiers,
    a.place_of_service, a.paid_on, 'contract', left(x.basis, 200), NULL, x.expected, a.allowed,
    x.expected - a.allowed
FROM answered_lines a JOIN contracted_lines x ON x.service_line_id = a.service_line_id
WHERE x.expected - a.allowed >= %(least_contract)s
ON CONFLICT (remitted_line_id) DO NOTHING
"""
# Compared with the newest quarter of the year before the payment's own: a payer that pays less from
# one day on must not make that its custom. The fence is Tukey's.
BELOW_USUAL = """
INSERT INTO billing_underpayment (practice_id, remitted_line_id, claim_id, payer_id, procedure_code,
    modifiers, place_of_service, paid_on, basis, basis_name, basis_lines, expected, allowed,
    shortfall)
SELECT %(practice)s, a.id, a.claim_id, a.payer_id, a.procedure_code, a.modifiers,
    a.place_of_service, a.paid_on, 'usual', to_char(u.quarter, '"Q"Q YYYY'), u.lines,
    round(u.median * a.units, 2), a.allowed, round(u.median * a.units, 2) - a.allowed
FROM answered_lines a
JOIN LATERAL (
    SELECT u.* FROM billing_usualallowed u
    WHERE u.practice_id = %(practice)s AND u.payer_id = a.payer_id
        AND u.procedure_code = a.procedure_code AND u.modifiers = a.modifiers
        AND u.place_of_service = a.place_of_service
        AND u.quarter < date_trunc('quarter', a.paid_on)
        AND u.quarter >= date_trunc('quarter', a.paid_on) - interval '1 year'
    ORDER BY u.quarter DESC LIMIT 1
) u ON true
WHERE NOT EXISTS (
        SELECT 1 FROM contracted_lines x WHERE x.service_line_id = a.service_line_id)
    AND round(u.median * a.units, 2) - a.allowed
        >= greatest(%(least_usual)s, round(u.median * a.units * %(least_share)s, 2))
    AND a.allowed < (u.low - 1.5 * (u.high - u.low)) * a.units
ON CONFLICT (remitted_line_id) DO NOTHING
"""
# The payer decided the line again and allowed more.
RECOVERED = among(
    """
UPDATE billing_underpayment u
SET state = 'recovered', recovered = later.allowed - u.allowed, decided_at = now()
FROM billing_remittedline first, (
    SELECT DISTINCT ON (service_line_id) service_line_id, paid_on, allowed
    FROM (answers) told
    ORDER BY service_line_id, id DESC
) later
WHERE u.practice_id = %(practice)s AND u.state IN ('open', 'disputed')
    AND first.id = u.remitted_line_id AND later.service_line_id = first.service_line_id
    AND later.paid_on > u.paid_on AND later.allowed > u.allowed
RETURNING u.id
""",
    "r.posted_at >= %(posted_since)s",
)
