"""Known defects are caught before submission, and clean claims pass."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

from billing.rules.scrubbing import SCRUBS
from tests.catches.planting import claim, planted
from tests.catches.run import (
    DEFECTS,
    UNDECIDABLE,
    Outcome,
    Tally,
    judge,
    make_sample,
    run_catches,
    to_json,
    to_text,
)

SEED = 20261126
TOTAL = planted(3, "total", ("visit",), "total", lambda r, s: claim(s, amount_billed=1))


def an_outcome() -> Outcome:
    return Outcome(SEED, kinds={"total": Tally(3)})


def test_every_kind_of_defect_is_caught_and_no_clean_claim_is_blocked() -> None:
    outcome = run_catches(400, SEED)
    assert outcome.missed == Counter()
    assert outcome.alarms == Counter()
    assert (outcome.claims, outcome.planted, outcome.caught) == (400, 400, 400)
    assert [kind for kind, tally in outcome.kinds.items() if not tally.planted] == []


def test_all_seven_snip_types_have_their_kinds() -> None:
    kinds = [defect.kind for defect in DEFECTS]
    assert len(kinds) == len(set(kinds)) >= 60
    counts = Counter(defect.snip for defect in DEFECTS)
    assert sorted(counts) == [1, 2, 3, 4, 5, 6, 7]
    assert min(counts.values()) >= 15


def test_each_defect_names_checks_of_the_catalogue() -> None:
    known = {check.code for check in SCRUBS}
    assert {name for defect in DEFECTS for name in defect.checks} - known == set()


def test_what_cannot_be_decided_has_its_reason() -> None:
    assert len(UNDECIDABLE) == 6
    assert all(reason.endswith(".") for reason in UNDECIDABLE.values())


def test_the_same_seed_makes_the_same_claims() -> None:
    first, second = (make_sample(Random("a"), "tests") for _ in range(2))  # noqa: S311  invented
    assert first == second


def test_a_defect_counts_only_when_its_own_check_sees_it() -> None:
    sample = make_sample(Random("b"), "visit")  # noqa: S311  invented claims
    outcome = an_outcome()
    judge(outcome, TOTAL, Random("b"), sample)  # noqa: S311  invented claims
    assert vars(outcome.kinds["total"]) == {"snip": 3, "planted": 1, "caught": 1, "held": 1}
    other = replace(TOTAL, checks=frozenset({"npi"}))
    judge(outcome, other, Random("b"), sample)  # noqa: S311  invented claims
    assert vars(outcome.kinds["total"]) == {"snip": 3, "planted": 2, "caught": 1, "held": 1}
    assert outcome.missed == Counter({"total": 1})


def test_a_blocking_finding_on_a_clean_claim_is_a_false_alarm() -> None:
    sample = claim(make_sample(Random("c"), "visit"), frequency="9")  # noqa: S311  invented claims
    outcome = an_outcome()
    judge(outcome, TOTAL, Random("c"), sample)  # noqa: S311  invented claims
    assert outcome.alarms == Counter({"frequency_code: Claim frequency 9 is not 1, 7 or 8.": 1})
    assert outcome.false_alarms == 1


def test_the_report_is_told_as_json_and_as_a_table() -> None:
    outcome = run_catches(3, SEED)
    told = json.loads(to_json(outcome))
    assert (told["claims"], told["planted"], told["caught"], told["share"]) == (3, 3, 3, 1.0)
    assert told["false_alarms"] == 0
    assert told["kinds"]["segment_count"] == {"snip": 1, "planted": 1, "caught": 1, "held": 1}
    assert to_text(outcome).splitlines()[-1] == "3 claims without a defect: 0 false alarms"
