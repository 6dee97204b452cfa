"""The LWS contract in the manifests of kthena ModelServings, as a KRM function.

As a library: `run`, from bytes to an Outcome, or InputError; see `docs/library.md`.
"""

__version__ = "0.1.0"
__all__ = ["InputError", "Outcome", "Result", "run"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .pipeline import Outcome, run
    from .results.errors import InputError
    from .results.result import Result
else:

    def __getattr__(name):
        # What the library needs is imported only where somebody asks for it: the program and
        # `--version` begin with this module.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import pipeline

        return getattr(pipeline, name)
