"""The solver, HiGHS by way of SciPy, made to keep quiet.

In integer programs it prints a line about its own work, past every option, to the standard output
of the process: there it would stand amid the data of whoever pipes an answer on.
"""

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

_ALONE = threading.Lock()  # the standard output is one for all threads
_C = ctypes.CDLL(None)


def solved(
    cost: NDArray[np.float64], *, constraints: Sequence[optimize.LinearConstraint],
    bounds: optimize.Bounds, is_whole: NDArray[np.bool_], options: Mapping[str, Any],
) -> optimize.OptimizeResult:  # fmt: skip
    """Minimise ``cost @ x`` as :func:`scipy.optimize.milp` does; ``is_whole`` says which are whole.

    Examples
    --------
    >>> bounds = optimize.Bounds([0.0], [2.5])
    >>> one = solved(np.array([-1.0]), constraints=[], bounds=bounds, is_whole=np.array([True]),
    ...              options={})
    >>> one.x.tolist()
    [2.0]
    """
    with _hushed() if is_whole.any() else contextlib.nullcontext():
        return optimize.milp(
            cost, constraints=constraints, bounds=bounds, integrality=is_whole.astype(int),
            options=dict(options),
        )  # fmt: skip


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Let nothing reach the standard output of the process meanwhile."""
    with _ALONE:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            yield
        finally:
            _C.fflush(None)  # what was printed may wait in the library's own buffer
            os.dup2(kept, 1)
            os.close(kept)
            os.close(nowhere)
