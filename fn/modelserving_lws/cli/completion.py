"""The completion of commands, options and files, for shells."""

from __future__ import annotations

from . import COMMANDS, PROGRAM
from .command_arguments import SHELLS, parser_of

_BASH = """\
_modelserving_lws() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "COMMANDS" -- "$current"))
    return
  fi
  case ${COMP_WORDS[1]} in
CASES
  esac
}
complete -o default -F _modelserving_lws modelserving-lws
"""
_BASH_CASE = """\
    {command})
      case $current in
        -*) COMPREPLY=($(compgen -W "{options}" -- "$current")) ;;
        *) COMPREPLY=($(compgen -W "{words}" -- "$current")) ;;
      esac ;;"""
_ZSH = """\
#compdef modelserving-lws
autoload -U +X bashcompinit && bashcompinit
"""


def script(shell: str) -> str:
    """The text that a shell reads to complete the program's arguments."""
    if shell == "fish":
        return "".join(_fish())
    cases = "\n".join(map(_bash_case, COMMANDS))
    bash = _BASH.replace("COMMANDS", " ".join(COMMANDS)).replace("CASES", cases)
    return bash if shell == "bash" else _ZSH + bash


def _bash_case(command: str) -> str:
    options = " ".join(_options(command))
    return _BASH_CASE.format(command=command, options=options, words=_words(command))


def _options(command: str) -> list[str]:
    actions = parser_of(command)._actions
    return [name for action in actions for name in action.option_strings]


def _words(command: str) -> str:
    return " ".join(SHELLS) if command == "completion" else ""


def _fish() -> list[str]:
    head = f"complete -c {PROGRAM}"
    lines = [f"{head} -n __fish_use_subcommand -f -a '{' '.join(COMMANDS)}'\n"]
    for command in COMMANDS:
        seen = f"-n '__fish_seen_subcommand_from {command}'"
        if words := _words(command):
            lines.append(f"{head} {seen} -f -a '{words}'\n")
        for option in _options(command):
            kind = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            lines.append(f"{head} {seen} {kind}\n")
    return lines
