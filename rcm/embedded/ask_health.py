"""`python -m rcm.embedded.ask_health URL`: exit code 0 when the address answers 200.

Names one of the allowed hosts, since the application refuses to answer for an unknown one.
"""

import os
import sys
import urllib.request


def main(arguments: list[str]) -> int:
    """Raises OSError, and so ends with code 1, when nothing or another code answers."""
    hosts = os.environ.get("RCM_ALLOWED_HOSTS", "localhost").split(",")
    request = urllib.request.Request(arguments[0], headers={"Host": hosts[0].strip()})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - our own address
        return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
