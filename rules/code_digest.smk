"""Reruns: a digest of the code that a script uses, as a parameter of its rule."""

import ast
import hashlib

SCRIPTS = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent / "workflow_scripts"
_DIGESTS = {}


def imported_modules(tree):
    """Dotted names of everything under nppdrivers that a parsed module may import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_files(name):
    """Files of a module of this project: the source and the table or template of the same stem; none if foreign."""
    path = SCRIPTS / Path(*name.split("."))
    candidates = (
        [path / "__init__.py"] if path.is_dir() else [path.with_suffix(s) for s in (".py", ".csv", ".html")]
    )
    return [file for file in candidates if file.exists()]


def collect_sources(path, seen):
    """All files that a script or module needs, itself included."""
    if path in seen:
        return
    seen.add(path)
    if path.suffix == ".py":
        for name in imported_modules(ast.parse(path.read_text())):
            for file in module_files(name):
                collect_sources(file, seen)


def code_digest(script):
    """Digest of the modules that a script imports: a rule with it as a parameter reruns when one of them changes.

    Snakemake itself watches only the script. Comments, layout and time stamps do not count.
    """
    if script not in _DIGESTS:
        sources = set()
        collect_sources(SCRIPTS / f"{script}.py", sources)
        texts = [
            (ast.dump(ast.parse(file.read_text())) if file.suffix == ".py" else file.read_text())
            for file in sorted(sources)
        ]
        _DIGESTS[script] = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    return _DIGESTS[script]
