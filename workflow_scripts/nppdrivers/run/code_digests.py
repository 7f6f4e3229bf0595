"""Digests of the code that each script runs, so that a change of code reruns what rests on it."""

import ast
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PACKAGE = "nppdrivers"
# what has the name of a module, or begins with it and a dot, is read by that module
_SUFFIXES = (".py", ".csv", ".html", ".css", ".js")


class CodeDigests:
    """Digest of each script with all modules of this project that it imports.

    Comments, layout and time stamps do not count. Parsing hundreds of modules takes seconds, and each call of
    Snakemake needs their digests: what was parsed is kept in `memory`, by the digest of the file's bytes.

    Parameters
    ----------
    scripts : path
        Folder of the scripts and the package.
    memory : path
        JSON file of what was parsed before; it may be missing, and nothing is lost if it is deleted.

    Attributes
    ----------
    asked : dict of str to str
        Digest of each script that was asked for.
    """

    def __init__(self, scripts: str | Path, memory: str | Path) -> None:
        self.asked: dict[str, str] = {}
        self._scripts = Path(scripts)
        self._memory_path = Path(memory)
        self._parsed_before = _read_memory(self._memory_path)
        self._parsed: dict[str, tuple[str, list[str]]] = {}
        self._parts: dict[str, tuple[str, list[str]]] = {}
        self._files: dict[str, list[str]] = {}
        for path in sorted((self._scripts / _PACKAGE).rglob("*")):
            if path.suffix in _SUFFIXES:
                file = path.relative_to(self._scripts).as_posix()
                self._files.setdefault(file.split(".")[0], []).append(file)

    def digest(self, script: str, apart_from: tuple[str, ...] = ()) -> str:
        """Digest of a script and of what it imports.

        Parameters
        ----------
        script : str
            ``stage/name``, without the suffix.
        apart_from : tuple of str
            Rooms of the package that do not count.

        Returns
        -------
        str
            16 hexadecimal digits.
        """
        sources: set[str] = set()
        self._collect(f"{script}.py", sources, apart_from)
        parts = [self._part(file)[0] for file in sorted(sources)]
        self.asked[script] = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        return self.asked[script]

    def remember(self) -> None:
        """Write what was parsed for the next call, if that is possible; only files that exist are kept."""
        if self._parsed == self._parsed_before:
            return
        unfinished = self._memory_path.with_suffix(f".{os.getpid()}")
        try:
            unfinished.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(self._parsed), encoding="utf-8")
            unfinished.replace(self._memory_path)
        except OSError:  # no space or no permission: the next call parses again
            with suppress(OSError):
                unfinished.unlink()

    def _collect(self, file: str, sources: set[str], apart_from: tuple[str, ...]) -> None:
        """Add all files that a script or module needs, itself included, but those of some rooms."""
        if file not in sources and _room(file) not in apart_from:
            sources.add(file)
            for needed in self._part(file)[1]:
                self._collect(needed, sources, apart_from)

    def _part(self, file: str) -> tuple[str, list[str]]:
        """Digest of what counts of a file, and the files that it imports; once, as scripts share modules."""
        if file in self._parts:
            return self._parts[file]
        content = (self._scripts / file).read_bytes()
        key = hashlib.sha256(f"{file} {sys.version_info[:2]}".encode() + content).hexdigest()
        digest, modules = self._parsed_before.get(key) or _parse(file, content)
        self._parsed[key] = digest, modules
        self._parts[file] = digest, [needed for module in modules for needed in self._module_files(module)]
        return self._parts[file]

    def _module_files(self, module: str) -> list[str]:
        """Files that importing a module of this project runs or reads; none if it is foreign.

        The source, the tables, templates, styles and scripts of its name, and the `__init__` of every package
        around it.
        """
        parts = module.split(".")
        packages = ["/".join([*parts[:depth], "__init__"]) for depth in range(1, len(parts) + 1)]
        return [file for name in [*packages, "/".join(parts)] for file in self._files.get(name, [])]


def _parse(file: str, content: bytes) -> tuple[str, list[str]]:
    """Digest of the syntax tree of a module (of the text of another file), and what it may import."""
    if not file.endswith(".py"):
        return hashlib.sha256(content).hexdigest(), []
    tree = ast.parse(content)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), sorted(set(_imported_modules(tree)))


def _imported_modules(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything of the project that a module may import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == _PACKAGE)


def _room(file: str) -> str:
    """Folder of the package that a file lies in, or its own name where it lies in none."""
    return file.split("/")[1].removesuffix(".py")


def _read_memory(path: Path) -> dict[str, tuple[str, list[str]]]:
    """What an earlier call parsed; nothing where the file is missing or damaged."""
    try:
        return {key: (digest, modules) for key, (digest, modules) in json.loads(path.read_bytes()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
