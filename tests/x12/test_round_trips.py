"""What a writer is given is what the reader yields, for any content the guides allow."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rcm.bench.generate import make_claims, write_claim_file, write_remittance_file
from rcm.x12.claim_837p import Claim, Drug, Note, Person, ServiceLine, Submitter
from rcm.x12.envelope import Delimiters, TransactionEnd
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    Quantity,
    Reference,
    Remark,
    RemittanceEnd,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.write_835 import write_remittances
from rcm.x12.write_837p import write_claims
from tests.x12.build import (
    CHILD_CLAIM,
    CLAIM,
    ENVELOPE,
    SUBMITTER,
    claims_file,
    is_intact,
    only,
    problems,
    read_all,
)

WORDS = st.lists(st.text("ABCXYZ0189.,-'()&", min_size=1, max_size=9), min_size=1, max_size=3).map(
    " ".join
)
TOKENS = st.text("ABCXYZ0189", min_size=1, max_size=12)
CENTS = st.integers(-999_999_999, 999_999_999)
DAYS = st.integers(0, 20_000).map(lambda days: date(1990, 1, 1) + timedelta(days))
COUNTS = st.decimals(0, 9999, places=2).map(lambda d: Decimal(f"{d.normalize():f}"))
OPTIONAL = st.one_of(st.just(""), TOKENS)


def few(kind: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(kind, max_size=3).map(tuple)


def trimmed(values: list[str]) -> tuple[str, ...]:
    """Without the empty ones at the end, which a segment cannot hold."""
    while values and not values[-1]:
        values = values[:-1]
    return tuple(values)


ADJUSTMENTS = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from(["CO", "PR", "OA", "PI"]),
        TOKENS,
        CENTS,
        st.one_of(st.none(), COUNTS),
    ),
    max_size=9,
).map(tuple)
REFERENCES = few(st.builds(Reference, TOKENS, TOKENS, OPTIONAL))
RANGES = st.tuples(DAYS, DAYS).map(lambda days: "-".join(f"{day:%Y%m%d}" for day in days))
DATES = few(
    st.one_of(
        st.builds(DateReference, TOKENS, DAYS),
        RANGES.flatmap(
            lambda text: st.builds(
                DateReference, TOKENS, st.just(date.fromisoformat(text[:8])), st.just(text)
            )
        ),
        st.builds(DateReference, TOKENS, st.none(), TOKENS),
    )
)
AMOUNTS = few(st.builds(Amount, TOKENS, CENTS))
QUANTITIES = few(st.builds(Quantity, TOKENS, COUNTS))
MODIFIERS = st.lists(st.text("AB25", min_size=2, max_size=2), max_size=4).map(tuple)
LINES = st.builds(
    RemittedLine,
    st.just(1),
    st.just("HC"),
    TOKENS,
    MODIFIERS,
    CENTS,
    CENTS,
    OPTIONAL,
    st.one_of(st.none(), COUNTS),
    adjustments=ADJUSTMENTS,
    references=REFERENCES,
    dates=DATES,
    amounts=AMOUNTS,
    quantities=QUANTITIES,
    remarks=few(st.builds(Remark, TOKENS, TOKENS)),
    description=OPTIONAL,
    submitted_qualifier=st.just("HC"),
    submitted_code=TOKENS,
    submitted_modifiers=MODIFIERS,
    submitted_description=OPTIONAL,
    units_submitted=st.one_of(st.none(), COUNTS),
)
PARTIES = few(
    st.builds(
        Party, TOKENS, st.just("1"), WORDS, WORDS, OPTIONAL, OPTIONAL, TOKENS, TOKENS, OPTIONAL
    )
)
CLAIMS = st.builds(
    RemittedClaim,
    st.just(1),
    TOKENS,
    st.sampled_from(["1", "2", "3", "4", "19", "22"]),
    CENTS,
    CENTS,
    st.one_of(st.none(), CENTS),
    TOKENS,
    TOKENS,
    OPTIONAL,
    OPTIONAL,
    OPTIONAL,
    st.one_of(st.none(), COUNTS),
    TOKENS,
    ADJUSTMENTS,
    st.lists(LINES, max_size=3).map(tuple),
    PARTIES,
    REFERENCES,
    DATES,
    few(st.tuples(TOKENS, WORDS)),
    AMOUNTS,
    QUANTITIES,
    few(TOKENS),
    few(TOKENS),
    patient_status=OPTIONAL,
    discharge_fraction=st.one_of(st.none(), COUNTS),
    condition_response=OPTIONAL,
)
STARTS = st.builds(
    RemittanceStart,
    st.sampled_from(["I", "H"]),
    st.integers(0, 999_999_999),
    st.sampled_from(["C", "D"]),
    st.sampled_from(["CHK", "ACH", "NON"]),
    DAYS,
    TOKENS,
    TOKENS,
    OPTIONAL,
    st.one_of(st.none(), DAYS),
    WORDS,
    OPTIONAL,
    st.just(("1 MAIN ST", "", "HARTFORD", "CT", "061030001")),
    REFERENCES,
    few(st.tuples(TOKENS, WORDS)),
    WORDS,
    st.just("XX"),
    TOKENS,
    st.just(()),
    REFERENCES,
    payment_format=st.sampled_from(["", "CCP"]),
    payer_qualifier=OPTIONAL,
    bank=st.lists(st.one_of(st.just(""), TOKENS), max_size=12).map(trimmed),
)
PROVIDER_ADJUSTMENTS = st.lists(
    st.builds(ProviderAdjustment, TOKENS, DAYS, TOKENS, OPTIONAL, CENTS), max_size=9
).map(tuple)
SEPARATORS = st.sampled_from(
    [
        Delimiters(),
        Delimiters("|", "!", ">", "'"),
        Delimiters("+", "(", "&", "\n"),
        Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
    ]
)
# Shrinking objects this large takes minutes; the failing example is readable as it is.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def renumber(claims: list[RemittedClaim]) -> list[RemittedClaim]:
    """Positions as the reader counts them, places in the file forgotten."""
    return [
        replace(
            claim,
            position=position,
            lines=tuple(replace(line, position=n) for n, line in enumerate(claim.lines, 1)),
            segment_number=0,
            byte_offset=0,
        )
        for position, claim in enumerate(claims, 1)
    ]


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(STARTS, st.lists(CLAIMS, max_size=3), PROVIDER_ADJUSTMENTS)
def test_a_remittance_reads_back_as_it_was_written(
    start: RemittanceStart,
    claims: list[RemittedClaim],
    adjustments: tuple[ProviderAdjustment, ...],
) -> None:
    out = BytesIO()
    written = write_remittances(out, ENVELOPE, [(start, claims, adjustments)])
    items = read_all(out.getvalue())
    assert only(RemittanceStart, items) == [start]
    found = only(RemittedClaim, items)
    assert [replace(c, segment_number=0, byte_offset=0) for c in found] == renumber(claims)
    (end,) = only(RemittanceEnd, items)
    assert end.provider_adjustments == adjustments
    assert is_intact(out.getvalue()) == [True]
    assert written.segments == out.getvalue().count(b"~")


LINE_OF_837 = st.builds(
    ServiceLine,
    st.just(1),
    TOKENS,
    st.integers(0, 9_999_999),
    COUNTS,
    st.lists(st.integers(1, 12), min_size=1, max_size=4).map(tuple),
    DAYS,
    TOKENS,
    MODIFIERS,
    st.sampled_from(["UN", "MJ"]),
    st.one_of(st.none(), DAYS),
    st.sampled_from(["", "11", "22"]),
    st.one_of(st.none(), st.builds(Drug, TOKENS)),
    clia_number=OPTIONAL,
    notes=st.lists(st.builds(Note, st.just("ADD"), WORDS), max_size=1).map(tuple),
)
CLAIM_OF_837 = st.builds(
    replace,
    st.sampled_from([CLAIM, CHILD_CLAIM]),
    patient_control_number=TOKENS,
    amount_billed=st.integers(0, 99_999_999),
    diagnoses=st.lists(TOKENS, min_size=1, max_size=12).map(tuple),
    lines=st.lists(LINE_OF_837, min_size=1, max_size=4).map(
        lambda lines: tuple(replace(line, position=n) for n, line in enumerate(lines, 1))
    ),
    notes=st.lists(st.builds(Note, st.just("ADD"), WORDS), max_size=1).map(tuple),
    authorization_number=OPTIONAL,
    referral_number=OPTIONAL,
    clia_number=OPTIONAL,
)


@settings(max_examples=100, deadline=None, phases=PHASES)
@given(st.lists(CLAIM_OF_837, min_size=1, max_size=4), SEPARATORS)
def test_claims_read_back_as_they_were_written(claims: list[Claim], separators: Delimiters) -> None:
    kept = set(
        separators.element + separators.component + separators.segment + separators.repetition
    )
    content = claims_file(*claims, delimiters=separators)
    items = read_all(content)
    assert is_intact(content) == [True]
    assert only(Submitter, items) == [SUBMITTER]
    if not kept & set("&()'"):
        assert only(Claim, items) == claims
    else:  # such characters in data give way to the separators of the envelope
        assert [c.amount_billed for c in only(Claim, items)] == [c.amount_billed for c in claims]


def test_a_change_of_provider_and_a_full_transaction_begin_new_levels() -> None:
    other = replace(CLAIM.billing_provider, npi="1234567893")
    claims = [CLAIM, CHILD_CLAIM, replace(CLAIM, billing_provider=other), CLAIM, CLAIM]
    out = BytesIO()
    written = write_claims(out, ENVELOPE, SUBMITTER, claims, claims_per_transaction=4)
    assert (written.transactions, written.items) == (2, 5)
    assert only(Claim, read_all(out.getvalue())) == claims
    assert out.getvalue().count(b"**20*1~") == 4
    assert problems(out.getvalue()) == []


def test_the_benchmark_files_are_clean_and_balanced() -> None:
    out = BytesIO()
    assert write_remittance_file(out, 40).items == 40
    items = read_all(out.getvalue())
    assert problems(out.getvalue()) == []
    (end,) = only(RemittanceEnd, items)
    assert (end.claims, end.lines, end.is_balanced) == (40, 120, True)
    out = BytesIO()
    write_claim_file(out, 40)
    assert only(Claim, read_all(out.getvalue())) == list(make_claims(40))
    assert [e.is_intact for e in only(TransactionEnd, read_all(out.getvalue()))] == [True]


def test_the_same_remittance_file_is_generated_every_time() -> None:
    files = [BytesIO(), BytesIO()]
    for out in files:
        write_remittance_file(out, 20, claim_number=lambda n: f"P{n}", trace_number="T9")
    assert files[0].getvalue() == files[1].getvalue()
    assert b"CLP*P20*1*" in files[0].getvalue()


def test_a_name_folded_by_the_writer_still_reads_as_one_name() -> None:
    person = Person("Müller*~:^|Weiß", "José\n\tÑandú")
    (claim,) = only(
        Claim,
        read_all(claims_file(replace(CLAIM, subscriber=replace(CLAIM.subscriber, person=person)))),
    )
    assert claim.subscriber.person == Person("MULLER WEISS", "JOSE NANDU")
