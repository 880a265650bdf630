"""What coders keep at hand, for the world of tests/world.py."""

from dataclasses import dataclass

from coding.models import CodeBundle, Document, DocumentRead, Encounter
from rcm.models import User


@dataclass(frozen=True)
class Desk:
    """A bundle of everybody's, and a page that a coder who has left has read."""

    bundle: CodeBundle
    document: Document


def make_desk(encounter: Encounter, mark: str) -> Desk:
    practice = encounter.practice
    coder = User.objects.create_user(f"{mark.lower()}-desk@example.test", "correct-Horse-7")
    document = Document.objects.get(encounter=encounter)
    DocumentRead.objects.create(practice=practice, document=document, user=coder)
    return Desk(
        bundle=CodeBundle.objects.create(practice=practice, name=f"{mark} visit", entries="I10"),
        document=document,
    )
