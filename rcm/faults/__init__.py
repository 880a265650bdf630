"""Breaks what runs, on purpose, to see that nothing is lost, doubled or half done (docs/faults.md).

Nothing of the product imports this package. What is broken is real: processes end by SIGKILL,
servers are stopped, messages are thrown away.
"""
