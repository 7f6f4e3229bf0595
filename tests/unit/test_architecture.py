"""The house: arrows of imports, rooms, sizes.

A room is a folder of the package, or a module next to the folders.
"""

import ast

import house
import pytest

MODULES = sorted(house.PACKAGE.rglob("*.py"))
SCRIPTS = sorted(path for path in house.SCRIPTS.rglob("*.py") if house.PACKAGE not in path.parents)


def functions(path):
    """Functions of a file with the number of lines of their bodies, docstrings left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield node, (body[-1].end_lineno - body[0].lineno + 1 if body else 0)


def test_arrows_go_down():
    """No room imports a room of its own floor or above it; rooms of the ground may import each other."""
    wrong = [
        f"{arrow.place}: {arrow.source} imports {arrow.target}"
        for arrow in house.package_arrows()
        if house.FLOORS[arrow.target] >= house.FLOORS[arrow.source] > 0
        or house.FLOORS[arrow.target] > house.FLOORS[arrow.source]
    ]
    assert not wrong, "\n".join(wrong)


def test_scripts_import_no_later_stage():
    """A script imports rooms up to that of its own stage, and figures and pages."""
    wrong = []
    for arrow in house.script_arrows():
        limit = house.FLOORS[house.SCRIPT_ROOMS.get(arrow.source, arrow.source)]
        if house.FLOORS[arrow.target] > limit and arrow.target not in ("figures", "pages"):
            wrong.append(f"{arrow.place}: a script of the stage {arrow.source} imports {arrow.target}")
    assert not wrong, "\n".join(wrong)


def test_no_circle():
    """No module imports itself through others."""
    imports = house.module_imports()
    done = set()

    def visit(name, path):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for target in sorted(imports[name]):
                if target != name:
                    visit(target, [*path, name])
            done.add(name)

    for name in sorted(imports):
        visit(name, [])


def test_every_room_has_a_floor():
    """Each folder and module of the package stands in the list of floors, and each floor in the package."""
    assert {house.room_of(path) for path in MODULES} - {"__init__"} == set(house.FLOORS)


@pytest.mark.parametrize("stage", house.STAGES)
def test_stages_have_an_empty_face(stage):
    """The __init__ of a stage holds its docstring alone: one changed module must not rerun the stage."""
    path = house.PACKAGE / stage / "__init__.py"
    statements = ast.parse(path.read_text(encoding="utf-8")).body
    assert len(statements) == 1, f"{path.relative_to(house.REPOSITORY)} defines something"
    assert isinstance(statements[0], ast.Expr)


def test_scripts_lie_in_their_stage():
    """Every script lies in the folder of a stage that the rules of that stage name, and in no other place."""
    stages = {*house.STAGES, *house.SCRIPT_ROOMS}
    wrong = [
        str(path) for path in SCRIPTS if path.parent.parent != house.SCRIPTS or path.parent.name not in stages
    ]
    assert not wrong
    rules = "".join(path.read_text(encoding="utf-8") for path in (house.REPOSITORY / "rules").glob("*.smk"))
    unused = [path for path in SCRIPTS if f"/{path.parent.name}/{path.name}" not in rules]
    assert not unused


def test_sizes():
    """At most 350 lines a module, 14 modules a folder, 200 lines of rules, 45 a body, 15 a main block."""
    too_long = [str(path) for path in MODULES + SCRIPTS if len(path.read_text().splitlines()) > 350]
    folders = {path.parent for path in MODULES}
    # __main__ is the command's, which its room leads to
    too_full = [f for f in folders if len({path.stem for path in f.glob("*.py")} - {"__main__"}) > 14]
    rules = [
        str(p) for p in (house.REPOSITORY / "rules").glob("*.smk") if len(p.read_text().splitlines()) > 200
    ]
    bodies = [
        f"{path}:{node.lineno} {node.name}: {size} lines"
        for path in MODULES + SCRIPTS
        for node, size in functions(path)
        if size > 45
    ]
    mains = [
        str(path)
        for path in SCRIPTS
        if (block := ast.parse(path.read_text()).body[-1]).end_lineno - block.lineno > 15
    ]
    assert not [*too_long, *map(str, too_full), *rules, *bodies, *mains]


def test_functions_take_few_parameters():
    """At most 8 parameters a function, the published signatures apart."""
    published = {"simulate", "predict", "fit_variogram", "local_correlation"}
    wrong = []
    for path in MODULES + SCRIPTS:
        for node, _ in functions(path):
            arguments = node.args
            names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
            if len(set(names) - {"self", "cls"}) > 8 and node.name not in published:
                wrong.append(f"{path.relative_to(house.REPOSITORY)}:{node.lineno} {node.name}: {len(names)}")
    assert not wrong, "\n".join(wrong)


def test_tables_stand_with_the_module_that_reads_them():
    """A table or template of the package has the stem of its module: the digest of the code follows that."""
    data = [path for path in house.PACKAGE.rglob("*") if path.suffix in (".csv", ".html")]
    assert data and all(path.with_suffix(".py").exists() for path in data)
