"""What a report says: findings with their places, and what becomes of each LeaderWorkerSet."""

from __future__ import annotations

from .result import ERROR, INFO, WARNING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .result import Reference, Result

CLEAN, LOSSY, BLOCKED = "clean", "lossy", "blocked"
# Worst first.
VERDICTS = (BLOCKED, LOSSY, CLEAN)
SEVERITIES = (ERROR, WARNING, INFO)
# A warning that every set has, since it is of the templates' nature; no set is lossy by it.
_OF_EVERY_SET = "not-carried"


class Amounts:
    """How many pods an object has, and how much of each extended resource these ask for:
    `{"nvidia.com/gpu": 16}`.
    """

    __slots__ = ("pods", "resources")

    def __init__(self, pods: int, resources: dict[str, int]) -> None:
        self.pods = pods
        self.resources = resources


class SetRow:
    """A LeaderWorkerSet, what there is to say of it, and its amounts before and after; None where
    they can't be had, or where the set is blocked.
    """

    __slots__ = ("after", "before", "is_accepted", "reference", "results")

    def __init__(
        self,
        reference: Reference,
        results: list[Result],
        before: Amounts | None,
        after: Amounts | None,
    ) -> None:
        self.reference = reference
        self.results = results
        self.before = before
        self.after = after
        # Whether a loss is in a patch of the set, or among what is not shown.
        self.is_accepted = False

    @property
    def verdict(self) -> str:
        """BLOCKED where the set stays as it is, LOSSY where it loses something, else CLEAN."""
        found = {it.severity for it in self.results if it.id != _OF_EVERY_SET}
        if ERROR in found:
            return BLOCKED
        return LOSSY if WARNING in found or self.is_accepted else CLEAN

    def hinder(self, error: Result) -> None:
        """Counts an error of a kustomization that works on it as one of its own."""
        if error not in self.results:
            self.results.append(error)
            self.after = None

    def counts(self) -> dict[str, int]:
        """How many findings it has of each severity."""
        return _counts(self.results)


class Finding:
    """A result, and where its field is: the file, empty for stdin, and the line and column there,
    which count from 1; 0 where that is not known.
    """

    __slots__ = ("column", "line", "path", "result")

    def __init__(self, result: Result, path: str = "", line: int = 0, column: int = 0) -> None:
        self.result = result
        self.path = path
        self.line = line
        self.column = column

    @property
    def place(self) -> str:
        """`FILE:LINE:COLUMN`, as far as it is known."""
        if not self.line:
            return self.path
        return f"{self.path or '<stdin>'}:{self.line}:{self.column}"


class Report:
    """All that a run has to say. `files` are those that it changes, or would change; `ignored`
    counts the findings that are not shown, by their ids; `done` says what became of the files.
    `is_idle`: there is nothing that would have to change.
    """

    def __init__(
        self,
        findings: list[Finding],
        files: list[str] | None = None,
        sets: list[SetRow] | None = None,
        ignored: dict[str, int] | None = None,
        done: str = "would change",
    ) -> None:
        self.findings = findings
        self.done = done
        self.files = files or []
        self.sets = sets or []
        self.ignored = ignored or {}
        self.is_idle = False

    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        return _counts([finding.result for finding in self.findings])

    def groups(self) -> list[Group]:
        """The findings: those on no object, those that all sets have which can be converted, then
        object by object, worst first.
        """
        general: list[Finding] = []
        objects: dict[str, list[Finding]] = {}
        for finding in self.findings:
            reference = finding.result.reference
            if reference is None:
                general.append(finding)
            else:
                objects.setdefault(_key(reference), []).append(finding)
        fine = [_key(row.reference) for row in self.sets if row.verdict != BLOCKED]
        common = _common([objects.get(key, []) for key in fine])
        told = [it for it in objects.get(fine[0], []) if _content(it) in common] if fine else []
        of = "LeaderWorkerSets" if len(fine) == len(self.sets) else "sets that can be converted"
        groups = [
            # Where each finding has its place, the object's file is said already.
            Group(
                (str(found[0].result.reference) if found[0].line else "") or key,
                [it for it in found if _content(it) not in common],
            )
            for key, found in objects.items()
        ]
        groups = sorted((it for it in groups if it.findings), key=lambda group: group.order)
        return [
            *([Group("", general)] if general else []),
            *([Group(f"All {len(fine)} {of}", told)] if told else []),
            *groups,
        ]


def _counts(results: list[Result]) -> dict[str, int]:
    found = [result.severity for result in results]
    return {severity: found.count(severity) for severity in SEVERITIES}


class Group:
    """Findings that are told together; `name` is the object's, empty for those on none."""

    def __init__(self, name: str, findings: list[Finding]) -> None:
        self.name = name
        self.findings = sorted(findings, key=lambda it: SEVERITIES.index(it.result.severity))

    @property
    def order(self) -> tuple[int, ...]:
        found = [finding.result.severity for finding in self.findings]
        return tuple(-found.count(severity) for severity in SEVERITIES[:2])


def _content(finding: Finding) -> tuple[str, str, str]:
    result = finding.result
    return result.severity, result.field, result.message


def _common(sets: list[list[Finding]]) -> set[tuple[str, str, str]]:
    """What is said of each of several sets in the same words."""
    if len(sets) < 2:
        return set()
    return set.intersection(*({_content(it) for it in found} for found in sets))


def _key(reference: Reference) -> str:
    return f"{reference}{reference.file}".strip()
