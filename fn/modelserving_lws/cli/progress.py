"""A line on a terminal that says how far a long run is."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

# In seconds.
_PATIENCE = 1.0
_INTERVAL = 0.1
_CLEAR = "\r\x1b[K"


class Progress:
    """Shows how many files have been read, once that takes over a second, and clears the line at
    the end. Where stderr is no terminal it does nothing.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE if os.isatty(2) else float("inf")
        self._is_shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_shown:
            self._show(_CLEAR)

    def read(self, count: int) -> None:
        """Tells it how many files have been read."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _INTERVAL
            self._is_shown = True
            self._show(f"{_CLEAR}read {count} files ...")

    def _show(self, text: str) -> None:
        try:
            os.write(2, text.encode())
        except OSError:
            self._next = float("inf")
