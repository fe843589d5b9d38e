"""What happens to a process that is not root's: root may read and write anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable

NOBODY = 65534


def said_by_nobody(work: Callable[[], object]) -> str:
    """Do this in a process of its own without privileges; returns its answer, or its failure.

    The process is a fork, since another user may not even read the interpreter that runs the tests.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "died"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said = str(work())
        except BaseException as failed:  # noqa: BLE001 - all is told to the test
            said = f"{type(failed).__name__}: {failed}"
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said
