"""The two ways a start can end before everything runs."""


class CannotStart(Exception):
    """Something the user can act on is missing; the text is shown as it is, on one line."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived while something was being awaited."""
