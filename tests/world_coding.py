"""How the work of coders is divided, for tests that walk all addresses."""

from dataclasses import dataclass

from coding.models import AssignmentRule, SavedView
from rcm.models import Practice, Role
from tests import make


@dataclass(frozen=True)
class CoderWork:
    """A rule that gives charts to a coder, and a view everybody sees."""

    rule: AssignmentRule
    view: SavedView


def make_coder_work(practice: Practice, mark: str) -> CoderWork:
    coder = make.member(practice, Role.CODER, f"{mark.lower()}-given@example.test", "Cody", mark)
    return CoderWork(
        rule=AssignmentRule.objects.create(
            practice=practice, name=f"Rule of {mark}", position=1, coders=[coder.pk]
        ),
        view=SavedView.objects.create(
            practice=practice, owner=coder, name=f"View {mark}", query="view=late", is_shared=True
        ),
    )
