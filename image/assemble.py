"""Assembles the file system of the image, in the build stage: `python assemble.py SITE ROOT`.

SITE is a folder with the program and its dependencies. ROOT gets this interpreter, the modules that
import statements reach from SITE, as bytecode alone, and the shared libraries that they load. Each
file keeps the path that it has here; those of SITE go to the interpreter's site-packages.
"""

from __future__ import annotations

import os
import py_compile
import re
import shutil
import site
import subprocess
import sys
import sysconfig
from modulefinder import ModuleFinder
from pathlib import Path

from bill import bill

# What a function that has no network, terminal, tests and debugger never runs. `hashlib` has its
# own SHA-1; without `_hashlib` and `ssl`, the image has no OpenSSL.
UNUSED = [
    "_bz2", "_ctypes", "_curses", "_hashlib", "_lzma", "_ssl", "_testcapi", "_testinternalcapi",
    "_tkinter", "asyncio", "ctypes", "curses", "doctest", "http", "multiprocessing", "pdb", "pydoc",
    "readline", "ssl", "test", "tkinter", "unittest", "webbrowser", "xmlrpc",
]  # fmt: skip
# What the interpreter imports by itself, and encodings, which are imported by their names.
BY_ITSELF = ["site", "runpy", "encodings.ascii", "encodings.latin_1", "encodings.idna"]
BY_ITSELF += [
    f"encodings.utf_{name}" for name in (8, "8_sig", 16, "16_be", "16_le", 32, "32_be", "32_le")
]

STDLIB, SITE_PACKAGES = Path(sysconfig.get_path("stdlib")), Path(site.getsitepackages()[-1])
UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
COMMAND = """\
#!/usr/local/bin/python -I
from modelserving_lws.cli.main import start

start()
"""


def main(packages: Path, root: Path) -> None:
    libraries = copy_modules(packages, root)
    python = Path(shutil.which("python") or sys.executable)
    libraries |= linked(python)
    for path in (python, *sorted(libraries)):
        copy(path, root)
    name, value = "modelserving-lws", version(packages)
    text = bill(packages, copy_notices(libraries, root), name, value)
    write(root / "usr" / "local" / "share" / f"{name}.cdx.json", text)
    write(root / "usr" / "local" / "bin" / name, COMMAND, 0o755)
    # kpt and kustomize run the image as `nobody`.
    write(root / "etc" / "passwd", "nobody:x:65534:65534::/:/bin/false\n")
    write(root / "etc" / "group", "nogroup:x:65534:\n")
    folders = sorted({path.parent for path in libraries})
    subprocess.run(["ldconfig", "-X", "-r", root, *folders], check=True)
    shutil.rmtree(root / "var" / "cache", ignore_errors=True)  # ldconfig's own
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 0)
    for path in (root, *root.rglob("*")):
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def version(packages: Path) -> str:
    """The program's version."""
    text = (packages / "modelserving_lws" / "__init__.py").read_text()
    (found,) = re.findall('^__version__ = "(.+)"$', text, re.MULTILINE)
    return str(found)


def copy_modules(packages: Path, root: Path) -> set[Path]:
    """Compiles and copies what import statements reach; returns the libraries that it loads."""
    libraries = set()
    for source in reached(packages):
        inside = source.is_relative_to(packages)
        path = SITE_PACKAGES / source.relative_to(packages) if inside else source
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".py":
            compiled = str(target.with_suffix(".pyc"))
            py_compile.compile(str(source), compiled, str(path), True, invalidation_mode=UNCHECKED)
        else:
            shutil.copyfile(source, target)
        if source.suffix == ".so":
            libraries |= linked(source)
    (root / (STDLIB / "lib-dynload").relative_to("/")).mkdir(exist_ok=True)  # looked for at a start
    return libraries


def reached(packages: Path) -> list[Path]:
    """The files of the modules that import statements reach from those in a folder, in the order of
    their names, and what else is in the packages among them.
    """
    finder = ModuleFinder([str(packages), *sys.path[1:]], excludes=UNUSED)
    for path in sorted((packages / "modelserving_lws").rglob("*.py")):
        name = ".".join(path.relative_to(packages).with_suffix("").parts)
        finder.import_hook(name.removesuffix(".__init__"))
    for name in BY_ITSELF:
        finder.import_hook(name)
    found = [getattr(module, "__file__", None) for module in finder.modules.values()]
    files = {Path(file) for file in found if file}
    folders = {path.parent for path in files if path.name == "__init__.py"}
    for path in packages.rglob("*"):
        if path.is_dir() or path.suffix in (".py", ".pyc", ".pyi", ".so"):
            continue
        package = next((p for p in path.parents if (p / "__init__.py").exists()), None)
        if package in folders or path.parts[len(packages.parts)].endswith(".dist-info"):
            files.add(path)
    return sorted(files)


def linked(program: Path) -> set[Path]:
    """The shared libraries that a program or library loads, the loader among them."""
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    return {Path(path) for path in re.findall(r"(?:=> |^\s*)(/\S+)", listed, re.MULTILINE)}


def copy(path: Path, root: Path) -> None:
    """Copies a file, and each symbolic link on the way to it."""
    here = Path("/")
    for i, part in enumerate(path.parts[1:], 2):
        here /= part
        target = root / here.relative_to("/")
        if here.is_symlink():
            link = here.readlink()
            if not target.is_symlink():
                target.symlink_to(link)
            copy(Path(os.path.normpath(here.parent / link)).joinpath(*path.parts[i:]), root)
            return
        if here.is_dir():
            target.mkdir(exist_ok=True)
    shutil.copy(path, target)


def write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def copy_notices(libraries: set[Path], root: Path) -> list[str]:
    """Copies what scanners read of the libraries' Debian packages, their licences, and Python's;
    returns the first.
    """
    names = {path.resolve() for path in libraries}
    search = ["dpkg-query", "--search", *sorted(map(str, names))]
    # It fails where one is of no package, as Python's own.
    found = subprocess.run(search, check=False, capture_output=True, text=True).stdout
    paragraphs = []
    for package in sorted({line.partition(":")[0] for line in found.splitlines()}):
        show = ["dpkg-query", "--status", package]
        paragraphs.append(subprocess.run(show, check=True, capture_output=True, text=True).stdout)
        write(root / "var" / "lib" / "dpkg" / "status.d" / package, paragraphs[-1])
        notice = Path("/usr/share/doc") / package / "copyright"
        if notice.exists():
            copy(notice, root)
    if (STDLIB / "LICENSE.txt").exists():
        copy(STDLIB / "LICENSE.txt", root)
    return paragraphs


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
