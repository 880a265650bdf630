"""A rule drafted from denials: what the denied claims have in common and the paid ones have not.

The claims are those one payer adjudicated: denied with the reason in question, or paid. The
shortest conjunction of conditions that parts them is looked for; a longer one must part them
clearly better, and a second block must reach denials the first one does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.rules.claim_properties import PROPERTIES, plain
from billing.rules.findings import AnyClaim
from billing.rules.practice_rules import HOLD, WARN, Blocks, Condition, hits_of
from denials.rules.draft_conditions import (
    Candidate,
    Line,
    Lines,
    candidates,
    kinds_of,
    remedies,
)

# Fewer denied claims are no pattern.
FEWEST_DENIED = 5
# Below this a share is not shown and holds nothing.
FEWEST_FOR_A_RATE = 20
# Conditions beside payer and procedure.
MOST_CONDITIONS = 3
MOST_BLOCKS = 3
# Kept at each step of the search.
BEAM = 6
# A longer conjunction has to be so much better (F½) to be taken.
CLEARLY_BETTER = Fraction(3, 100)
LEAST_PRECISION = Fraction(1, 2)
LEAST_RECALL = Fraction(1, 4)
HOLD_PRECISION = Fraction(4, 5)
# A further block has to reach so many denied claims more, this cleanly.
BLOCK_PRECISION = Fraction(4, 5)

ADVICE = {
    "authorization": "Enter the authorization number, or ask the payer for one, before it is sent.",
    "referral": "Enter the referral number before it is sent.",
    "modifier": "Look at the modifiers of the line against the note.",
    "companion": "Look at the services billed together against the note.",
    "units": "Look at the units of the line against the note.",
    "place": "Look at the place of service.",
    "age": "Look at the patient's age against the service.",
    "sex": "Look at the patient's sex against the service.",
    "provider": "Look at the provider's enrolment with the payer.",
    "plan": "Look at what the plan covers.",
    "diagnosis": "Look at the diagnoses the line points to against the note.",
    "": "Look at it before it is sent.",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Denials of one payer, reason (CARC) and procedure; an empty procedure is the whole claim."""

    payer_id: str
    payer_name: str
    category: str
    reason: str
    procedure_code: str


@dataclass(frozen=True, slots=True)
class Example:
    """A claim as it was sent, and whether it was denied for the reason; else it was paid."""

    claim: AnyClaim
    is_denied: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Claims a rule hits, of all denied and all paid ones."""

    denied_hit: int
    denied: int
    paid_hit: int
    paid: int

    @property
    def hits(self) -> int:
        return self.denied_hit + self.paid_hit

    @property
    def precision(self) -> Fraction:
        """Denied of those hit; 0 when none is."""
        return Fraction(self.denied_hit, self.hits) if self.hits else Fraction(0)

    @property
    def recall(self) -> Fraction:
        """Hit of those denied."""
        return Fraction(self.denied_hit, self.denied) if self.denied else Fraction(0)

    @property
    def worth(self) -> Fraction:
        """F½: a false alarm costs more than a denial that is missed."""
        weighted = 5 * self.denied_hit
        missed = self.denied - self.denied_hit
        whole = weighted + missed + 4 * self.paid_hit
        return Fraction(weighted, whole) if weighted else Fraction(0)

    @property
    def shown_precision(self) -> Decimal | None:
        """As a share only from 20 claims on."""
        if self.hits < FEWEST_FOR_A_RATE:
            return None
        return Decimal(self.denied_hit) / self.hits

    @property
    def shown_recall(self) -> Decimal | None:
        if self.denied < FEWEST_FOR_A_RATE:
            return None
        return Decimal(self.denied_hit) / self.denied


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule to look at; `others` are simpler conjunctions that were weighed, with their score."""

    blocks: Blocks
    action: str
    name: str
    message: str
    score: Score
    others: tuple[tuple[str, Score], ...]


@dataclass(frozen=True, slots=True)
class NoDraft:
    """Why no rule can be drafted."""

    why: str


def draft_rule(group: Group, examples: Sequence[Example]) -> Draft | NoDraft:
    """The rule that would have stopped these denials with the fewest false alarms."""
    kinds = kinds_of(group.category, group.reason)
    denied = sum(example.is_denied for example in examples)
    if denied < FEWEST_DENIED:
        are = "claim is" if denied == 1 else "claims are"
        return NoDraft(f"{denied} denied {are} too few: a pattern needs {FEWEST_DENIED}.")
    if not kinds:
        return NoDraft("It is about when the claim was sent, which no claim says of itself.")
    base = base_conditions(group)
    lines = lines_of(group, examples)
    found = list(weigh(lines, candidates(lines, kinds)))
    if not found:
        return NoDraft("Its claims do not show the procedure any more.")
    best = simplest(found)
    if best.score.precision < LEAST_PRECISION or best.score.recall < LEAST_RECALL:
        return NoDraft("Nothing on the claims parts the denied from the paid ones.")
    chosen = [with_remedy(best, lines, group), *further(lines, found, best)]
    blocks = tuple((*base, *(each.condition for each in one.parts)) for one in chosen)
    score = score_of(blocks, examples)
    return Draft(
        blocks=blocks,
        action=HOLD
        if score.hits >= FEWEST_FOR_A_RATE and score.precision >= HOLD_PRECISION
        else WARN,
        name=name_of(group),
        message=message_of(group, score, chosen[0]),
        score=score,
        others=tuple(others(found, best)),
    )


def base_conditions(group: Group) -> tuple[Condition, ...]:
    payer = Condition("payer", "have", (plain(group.payer_id),))
    if not group.procedure_code:
        return (payer,)
    return (payer, Condition("procedure", "have", (plain(group.procedure_code),)))


def lines_of(group: Group, examples: Sequence[Example]) -> Lines:
    """The lines of the payer's claims with the procedure, or all of them."""
    wanted, payer = plain(group.procedure_code), plain(group.payer_id)
    look = PROPERTIES["payer"].of_claim
    rows = []
    for at, example in enumerate(examples):
        values = look(example.claim) if look else None
        if not isinstance(values, frozenset) or payer not in values:
            continue
        for line in example.claim.lines:
            if not wanted or plain(line.procedure_code) == wanted:
                rows.append((Line(at, line.position, example.is_denied), example.claim))
    return Lines(rows)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A conjunction beside the base, the lines it holds on and its score."""

    parts: tuple[Candidate, ...]
    where: frozenset[int]
    score: Score


def weigh(lines: Lines, pool: Sequence[Candidate]) -> Iterator[Weighed]:
    """Conjunctions of up to three conditions, the shortest first; of each length the best go on."""
    whole = Weighed((), lines.all, count(lines, lines.all))
    if not whole.score.denied:
        return
    yield whole
    beam = [whole]
    for _ in range(MOST_CONDITIONS):
        grown: dict[frozenset[int], Weighed] = {}
        for one in beam:
            for candidate in pool:
                where = one.where & candidate.lines
                if where == one.where or where in grown or not where & lines.denied:
                    continue
                grown[where] = Weighed((*one.parts, candidate), where, count(lines, where))
        beam = sorted(grown.values(), key=lambda one: -one.score.worth)[:BEAM]
        yield from beam


def count(lines: Lines, where: frozenset[int]) -> Score:
    """Claims, of the lines it holds on."""
    hit = {lines.rows[at].example for at in where}
    denied = len(hit & lines.denied_examples)
    return Score(denied, len(lines.denied_examples), len(hit) - denied, len(lines.paid_examples))


def simplest(found: Sequence[Weighed]) -> Weighed:
    """The best, unless a shorter one is almost as good; the first of equals."""
    best = found[0]
    for one in found:
        longer = len(one.parts) - len(best.parts)
        if one.score.worth > best.score.worth + (CLEARLY_BETTER if longer > 0 else 0):
            best = one
    return best


def with_remedy(best: Weighed, lines: Lines, group: Group) -> Weighed:
    """Where nothing parts denied from paid, what the reason itself asks for, if it never was there.

    Without it the rule would hit the claim as well once it is put right.
    """
    named = next(remedies(lines, group.reason), None)
    if best.parts or named is None:
        return best
    return Weighed((named,), best.where, best.score)


def further(lines: Lines, found: Sequence[Weighed], best: Weighed) -> list[Weighed]:
    """Blocks that reach denied claims the ones before do not, with few false alarms."""
    chosen: list[Weighed] = []
    reached = {lines.rows[at].example for at in best.where}
    while len(chosen) + 1 < MOST_BLOCKS:
        gains = []
        for one in found:
            new = {
                lines.rows[at].example
                for at in one.where & lines.denied
                if lines.rows[at].example not in reached
            }
            if len(new) >= FEWEST_DENIED and one.score.precision >= BLOCK_PRECISION:
                gains.append((len(new), -len(one.parts), one))
        if not gains:
            break
        *_, block = max(gains, key=lambda gain: gain[:2])
        chosen.append(block)
        reached |= {lines.rows[at].example for at in block.where}
    return chosen


def score_of(blocks: Blocks, examples: Sequence[Example]) -> Score:
    """Counted by the engine that will run the rule."""
    hit = [bool(hits_of(blocks, example.claim)) for example in examples]
    denied = [example.is_denied for example in examples]
    both = sum(h and d for h, d in zip(hit, denied, strict=True))
    return Score(both, sum(denied), sum(hit) - both, len(denied) - sum(denied))


def others(found: Sequence[Weighed], best: Weighed) -> Iterator[tuple[str, Score]]:
    """Up to five that were weighed beside the best, in words."""
    rest = [one for one in found if one is not best]
    for one in sorted(rest, key=lambda one: (-one.score.worth, len(one.parts)))[:5]:
        words = " and ".join(each.condition.text() for each in one.parts)
        yield words or "payer and procedure alone", one.score


def name_of(group: Group) -> str:
    what = group.procedure_code or "whole claims"
    return f"{group.payer_name}: {what} denied with {group.reason}"[:80]


def message_of(group: Group, score: Score, best: Weighed) -> str:
    """What the biller reads: counts, never a share, and what to look at."""
    kind = best.parts[0].kind if best.parts else ""
    what = group.procedure_code or "this"
    said = f"{group.payer_name} denied {what} with {group.reason} on {score.denied_hit} such claims"
    return f"{said} and paid {score.paid_hit}. {ADVICE[kind]}"[:200]
