"""Results that say what has been done, of a run that writes nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .result import Result

# What their messages say, each once, and say of what would be done.
_WOULD = {
    "injected": {"wrote ": "would write "},
    "expanded": {"expanded ": "would expand "},
    "probe-rewritten": {"refers ": "would refer "},
    "policy-enabled": {"enabled ": "would enable "},
    "policy-enabled-and-added": {"enabled ": "would enable ", ", and added ": ", and add "},
    "policy-added": {"was added:": "would be added:"},
    "converted": {"turned ": "would turn ", " followed": " would follow"},
    "transformer-added": {"got ": "would get "},
}


def pend(result: Result) -> None:
    """Lets a result say that it would be so; one that says so already stays."""
    words = _WOULD.get(result.id, {})
    if any(would in result.message for would in words.values()):
        return
    for done, would in words.items():
        result.message = result.message.replace(done, would, 1)
