"""Fill an empty database with the invented billing company, its practices and their charts."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from coding.models import Code
from denials import demo


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the demo logins only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Safe to repeat: a seeded database is left as it is."""
        if options["logins"]:
            for email, password, roles in demo.logins():
                self.stdout.write(f"  {email:<22} {password:<18} {roles}")
            return
        if not Code.objects.exists():
            call_command("load_code_sets", stdout=self.stdout)
        if demo.is_seeded():
            self.stdout.write("already seeded")
            return
        made = demo.seed(timezone.localdate())
        self.stdout.write(", ".join(f"{count} {name}" for name, count in made.items()))
