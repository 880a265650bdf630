"""What coders keep at hand, for the world of tests/world.py."""

from dataclasses import dataclass

from coding.models import AssignmentRule, CodeBundle, Document, DocumentRead, Encounter, SavedView
from rcm.models import User


@dataclass(frozen=True)
class Desk:
    """Rows of one coder who has left, and what is everybody's."""

    bundle: CodeBundle
    document: Document
    view: SavedView
    rule: AssignmentRule


def make_desk(encounter: Encounter, mark: str) -> Desk:
    practice = encounter.practice
    coder = User.objects.create_user(f"{mark.lower()}-desk@example.test", "correct-Horse-7")
    document = Document.objects.get(encounter=encounter)
    DocumentRead.objects.create(practice=practice, document=document, user=coder)
    return Desk(
        bundle=CodeBundle.objects.create(practice=practice, name=f"{mark} visit", entries="I10"),
        document=document,
        view=SavedView.objects.create(
            practice=practice, owner=coder, name=f"{mark} view", query="view=late", is_shared=True
        ),
        rule=AssignmentRule.objects.create(
            practice=practice, name=f"{mark} rule", position=1, coders=[coder.pk]
        ),
    )
