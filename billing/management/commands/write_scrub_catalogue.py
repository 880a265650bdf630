"""`manage.py write_scrub_catalogue`: writes docs/scrub-checks.md from the catalogue of checks."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing.written_catalogue import write_catalogue

PAGE = Path("docs") / "scrub-checks.md"


class Command(BaseCommand):
    help = "Writes the page of all checks into the documentation."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / PAGE
        path.write_text(write_catalogue())
        self.stdout.write(f"{PAGE} is written.")
