"""`manage.py add_intake_source --practice P --name N --host H …`: an SFTP server with charts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from coding.actions.intake_sources import add_source
from rcm import access
from rcm.commands import find_practice


class Command(BaseCommand):
    help = "Names an SFTP server charts are fetched from; the same name again changes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--practice", required=True, help="its NPI, id, initials or name")
        parser.add_argument("--name", required=True, help="what people call it")
        parser.add_argument("--host", required=True)
        parser.add_argument("--port", type=int, default=22)
        parser.add_argument("--host-key", required=True, help="its public key, OpenSSH form")
        parser.add_argument("--username", required=True)
        parser.add_argument("--secret-name", required=True, help="the variable of its password")
        parser.add_argument("--folder", default="charts")
        parser.add_argument("--off", action="store_true", help="do not fetch from it any more")

    def handle(self, *args: Any, **options: Any) -> None:
        practice = find_practice(options["practice"])
        names = ("name", "host", "port", "host_key", "username", "secret_name", "folder")
        fields = {name: options[name] for name in names}
        with access.acting_in(practice.pk):
            source = add_source(practice, **fields, is_active=not options["off"])
        self.stdout.write(f"{source}: {'not fetched' if options['off'] else 'fetched'}")
