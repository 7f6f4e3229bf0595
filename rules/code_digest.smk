"""Reruns: a digest of the code that a script uses, as a parameter of its rule."""

import ast
import hashlib
from functools import cache

# digest of each script that a rule has asked for
CODE_DIGESTS = {}


def imported_modules(tree):
    """Dotted names of everything under nppdrivers that a parsed module may import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_files(name):
    """Files that importing a module of this project runs or reads; none if it is foreign.

    The source, the table or template of the same stem, and the `__init__` of every package around it.
    """
    parts = name.split(".")
    path = SCRIPTS / Path(*parts)
    packages = [SCRIPTS / Path(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    candidates = packages + [path.with_suffix(suffix) for suffix in (".py", ".csv", ".html")]
    return [file for file in candidates if file.exists()]


@cache
def parsed(path):
    """What counts of a file, and the files that it imports; read once, as most scripts share most modules."""
    text = path.read_text()
    if path.suffix != ".py":
        return text, []
    tree = ast.parse(text)
    return ast.dump(tree), [file for name in set(imported_modules(tree)) for file in module_files(name)]


def room(path):
    """Folder of the package that a file lies in, or its own name where it lies in none."""
    return path.relative_to(SCRIPTS).parts[1].removesuffix(".py")


def collect_sources(path, seen, apart_from):
    """All files that a script or module needs, itself included, but those of some rooms of the package."""
    if path not in seen and room(path) not in apart_from:
        seen.add(path)
        for file in parsed(path)[1]:
            collect_sources(file, seen, apart_from)


@cache
def code_digest(script, apart_from=()):
    """Digest of the modules that a script imports: a rule with it as a parameter reruns when one of them changes.

    Snakemake itself watches only the script. Comments, layout and time stamps do not count, nor do the rooms of the
    package in `apart_from`.
    """
    sources = set()
    collect_sources(SCRIPTS / f"{script}.py", sources, apart_from)
    texts = [parsed(file)[0] for file in sorted(sources)]
    CODE_DIGESTS[script] = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    return CODE_DIGESTS[script]
