"""MkDocs hooks: the pages of the repository and the files that they link to, at their own paths, so
that links mean the same on the site and in a checkout.
"""

from __future__ import annotations

import posixpath
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE_MODULES = ROOT / ".tools" / "site" / "node_modules"
PAGES = ("*.md", "bench/*.md", "docs/*.md", "docs/functions/**/*.md", "examples/*/*.md")
ASSETS = {
    "assets/iframe-worker.js": NODE_MODULES / "iframe-worker" / "shim" / "index.js",
    "assets/mermaid.js": NODE_MODULES / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js",
    "assets/site.css": HERE / "site.css",
}
INDEX = ROOT / "docs" / "README.md"
# A group of the index, or an entry: its first link.
_ENTRY = re.compile(r"^## (.+)$|^- \[([^\]]+)\]\(([^)#\s]+)\)", re.MULTILINE)
# The page "Try it in the browser": its text, what takes the place of its picture, what it loads.
TRY = "docs/try-in-the-browser.md"
TRY_BUILT = ROOT / "dist" / "try"
TRY_ASSETS = "assets/try"
_PICTURE = re.compile(r"<p><img [^>]*try-in-the-browser.png[^>]*></p>")
_INLINE = re.compile(r"<(script|style)(?: [^>]*)?>(.*?)</\1>", re.DOTALL)
_LINK = re.compile(r"(?<=\]\()([^)#\s:]+)(?=[)#])")
_LANGUAGES = {".yaml": "yaml", ".yml": "yaml", ".json": "json", "Dockerfile": "dockerfile"}


def on_config(config: MkDocsConfig) -> None:
    """Makes the navigation from the index."""
    config.nav = [{"Overview": "README.md"}, {"Documentation": _name(INDEX)}, *navigation()]


def navigation() -> list[dict[str, list[dict[str, str]]]]:
    """The groups of the index with their entries: titles, and paths in the repository."""
    groups: list[dict[str, list[dict[str, str]]]] = []
    for group, title, link in _ENTRY.findall(INDEX.read_text()):
        if group:
            entries: list[dict[str, str]] = []
            groups.append({group: entries})
        else:
            entries.append({title: _name((INDEX.parent / link).resolve())})
    return groups


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages, the files that they link to, and a page for each folder without a README."""
    pages = sorted(path for pattern in PAGES for path in ROOT.glob(pattern))
    for path in pages:
        files.append(_file(config, _name(path), path))
    for path in pages:
        for target in _targets(path):
            name = _name(target)
            if target.is_dir() and not (target / "README.md").exists():
                page = f"{name}/index.md"
                if files.get_file_from_path(page) is None:
                    files.append(File.generated(config, page, content=_listing(target)))
            elif target.is_file() and files.get_file_from_path(name) is None:
                files.append(_file(config, name, target))
    for name, path in ASSETS.items():
        files.append(_file(config, name, path))
    for path in sorted(TRY_BUILT.iterdir()):
        files.append(_file(config, f"{TRY_ASSETS}/{path.name}", path))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Makes links to folders links to their pages."""
    if page.file.src_uri == TRY:
        page.meta |= {"template": "try.html", "hide": ["navigation", "toc"]}
    folder = posixpath.dirname(page.file.src_uri)

    def linked(match: re.Match[str]) -> str:
        target = ROOT / posixpath.normpath(posixpath.join(folder, match[1]))
        if not target.is_dir():
            return match[1]
        page = "README.md" if (target / "README.md").exists() else "index.md"
        return f"{match[1].rstrip('/')}/{page}"

    return _LINK.sub(linked, markdown)


def on_page_content(html: str, *, page: Page, **_: object) -> str:
    """Puts the program's page in the place of its picture."""
    if page.file.src_uri != TRY:
        return html
    body = (HERE / "try" / "page.html").read_text()
    html, count = _PICTURE.subn(lambda _: body, html)
    if count != 1:
        raise ValueError(f"{TRY} must have one picture, which the page takes the place of")
    return html


def on_post_page(output: str, *, page: Page, **_: object) -> str:
    """Lets the page load and run what is of this site alone, by a Content-Security-Policy."""
    if page.file.src_uri != TRY:
        return output
    hashes = {"script": "", "style": ""}
    for kind, text in _INLINE.findall(output):
        hashes[kind] += f" 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
    policy = (
        "default-src 'self'; object-src 'none'; frame-src 'none'; base-uri 'none'; "
        "form-action 'none'; connect-src 'self'; "
        "img-src 'self' data:; worker-src 'self' blob:; "
        f"script-src 'self' 'wasm-unsafe-eval'{hashes['script']}; "
        f"style-src 'self' 'nonce-codemirror'{hashes['style']}"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return output.replace('<meta charset="utf-8">', f'<meta charset="utf-8">{meta}', 1)


def _targets(page: Path) -> Iterator[Path]:
    for link in _LINK.findall(page.read_text()):
        target = (page.parent / link).resolve()
        if target.is_relative_to(ROOT) and target.exists():
            yield target


def _listing(folder: Path) -> str:
    """A page that shows the files of a folder."""
    text = f"# {_name(folder)}\n"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".py"):
            language = _LANGUAGES.get(path.suffix or path.name, "text")
            content = path.read_text().rstrip("\n")
            text += f"\n## {path.relative_to(folder)}\n\n````{language}\n{content}\n````\n"
    return text


def _file(config: MkDocsConfig, name: str, path: Path) -> File:
    return File.generated(config, name, abs_src_path=str(path))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
