"""The payers' file of the simulated year: what it says, and what it refuses by its place."""

from pathlib import Path

import pytest

from denials.simulation.payer_file import DEFAULT, read_payer_file
from payers.sandbox.script_values import ScriptRefused

ONE = """
payers:
  - payer_id: ONE1
    name: One Health
    pays_after_days: 3
    patient_share: {copay: {amount: "20.00", procedure_codes: [99213]}}
    rules:
      - id: later
        from_month: 4
        until_month: 6
        when: {procedure_codes: [93000], lacks_diagnosis: [I10]}
        effect: {deny: {group: CO, reason: 50}}
visits:
  - name: visit
    diagnoses: [I10]
    lines: [{code: 99213, modifiers: ["25"]}]
    mistakes: [{chance: 0.25, leave_out: "25"}]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def test_a_rule_is_in_force_in_its_months_only(tmp_path: Path) -> None:
    file = read_payer_file(written(tmp_path, ONE))
    denials = {month: len(file.behaviour(month).payers["ONE1"].denials) for month in (3, 4, 6, 7)}
    # The one that every payer has is no service paid twice.
    assert denials == {3: 1, 4: 2, 6: 2, 7: 1}


def test_numbers_become_text_and_days_seconds(tmp_path: Path) -> None:
    file = read_payer_file(written(tmp_path, ONE))
    payer = file.behaviour(4).payers["ONE1"]
    assert payer.denials[0].when.procedure_codes == frozenset({"93000"})
    assert payer.denials[0].reason == "50"
    assert (payer.delay_seconds, payer.share.copay) == (3 * 86_400, 2_000)
    [visit] = file.visits
    assert (visit.right.typed(), str(visit.mistakes[0].chance)) == ("I10 99213-25:A", "0.25")


def test_a_file_without_visits_meets_the_products_own(tmp_path: Path) -> None:
    file = read_payer_file(written(tmp_path, ONE.partition("visits:")[0]))
    assert file.visits == read_payer_file(DEFAULT).visits


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from_month: 4", "from_month: 7", "mine.yaml.payers[0].rules[0]: months go from 1 to 12"),
        ("chance: 0.25", "chance: 2", "mine.yaml.visits[0].mistakes[0].chance: from 0 to 1"),
        ('leave_out: "25"', "forget: 1", "mine.yaml.visits[0].mistakes[0]: unknown key 'forget'"),
        ("lines: [{code", "lines: [{cod", "mine.yaml.visits[0].lines[0].code is missing"),
        ("lacks_diagnosis", "lacks_diagnoses", "unknown key 'lacks_diagnoses'"),
        ("pays_after_days: 3", "pays_after_days: 3.5", "pays_after_days: a whole number is needed"),
        ("  - payer_id: ONE1", "  - [", "mine.yaml, line"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in ONE
    with pytest.raises(ScriptRefused) as refused:
        read_payer_file(written(tmp_path, ONE.replace(old, new)))
    assert message in str(refused.value)


def test_two_payers_have_two_ids(tmp_path: Path) -> None:
    payers, visits = ONE.split("visits:")
    twice = payers + payers.replace("\npayers:\n", "") + "visits:" + visits
    with pytest.raises(ScriptRefused, match=r"mine.yaml.payers: two have the same payer_id"):
        read_payer_file(written(tmp_path, twice))


def test_nothing_of_the_shipped_file_is_told_to_the_product() -> None:
    """The rules stand in one file, which nothing but the simulation reads."""
    root = DEFAULT.parents[2]
    readers = [
        path.relative_to(root).as_posix()
        for app in ("rcm", "payers", "coding", "billing", "denials")
        for path in (root / app).rglob("*.py")
        if "payers.yaml" in path.read_text() or "payer_file" in path.read_text()
    ]
    assert {Path(path).parent.as_posix() for path in readers} == {
        "denials/simulation",
        "denials/management/commands",
    }
