"""Every link in the documentation leads to a file, every `bin/` command it names exists."""

import re
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"`(bin/[a-z_]+)")


def find_broken(page: Path) -> list[str]:
    """What the page names and the checkout lacks, one sentence each."""
    text = page.read_text()
    links = [link for link in LINK.findall(text) if "://" not in link and "@" not in link]
    broken = [f"link to {link}" for link in links if not (page.parent / link).exists()]
    commands = [name for name in COMMAND.findall(text) if not (CHECKOUT / name).exists()]
    return broken + [f"command {name}" for name in commands]


def main() -> int:
    """Exit code 1 when something is missing."""
    pages = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(CHECKOUT)}: {what}" for page in pages for what in find_broken(page)
    ]
    sys.stdout.write("".join(f"{line}\n" for line in broken) or f"{len(pages)} pages\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
