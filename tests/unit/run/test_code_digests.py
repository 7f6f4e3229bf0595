"""Digests follow the code that a script runs, and nothing else."""

import pytest

from nppdrivers.run.code_digests import CodeDigests

FILES = {
    "stage/make.py": "from nppdrivers.room import first\n",
    "stage/other.py": "import numpy\n",
    "nppdrivers/__init__.py": "",
    "nppdrivers/room/__init__.py": "",
    "nppdrivers/room/first.py": "from nppdrivers.table import rows\n\nx = 1\n",
    "nppdrivers/table.py": "def rows():\n    return 2\n",
    "nppdrivers/table.csv": "a,b\n1,2\n",
    "nppdrivers/stranger.py": "y = 3\n",
}


@pytest.fixture
def scripts(tmp_path):
    """Folder of two scripts and a small package."""
    for name, text in FILES.items():
        path = tmp_path / "scripts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "scripts"


@pytest.fixture
def digest(scripts, tmp_path):
    """Digest of a script in a new call, which remembers what it parsed."""

    def ask(script="stage/make", apart_from=()):
        code = CodeDigests(scripts, tmp_path / "records" / "memory.json")
        found = code.digest(script, apart_from)
        code.remember()
        return found

    return ask


@pytest.mark.parametrize(
    "name",
    ["stage/make.py", "nppdrivers/room/first.py", "nppdrivers/table.py", "nppdrivers/room/__init__.py"],
)
def test_changed_code_changes_the_digest(scripts, digest, name):
    """A statement more in the script, a module that it imports, or a package changes the digest."""
    before = digest()
    (scripts / name).write_text(FILES[name] + "z = 5\n")
    assert digest() != before


def test_changed_table_changes_the_digest(scripts, digest):
    """A table next to an imported module counts with every byte."""
    before = digest()
    (scripts / "nppdrivers/table.csv").write_text("a,b\n1,3\n")
    assert digest() != before


def test_layout_and_strangers_do_not_count(scripts, digest):
    """Comments, blank lines, and modules that the script does not import leave the digest as it is."""
    before = digest()
    (scripts / "nppdrivers/table.py").write_text("# why\n\ndef rows():\n    return 2  # two\n")
    (scripts / "nppdrivers/stranger.py").write_text("y = 4\n")
    assert digest() == before


def test_rooms_can_be_left_out(scripts, digest):
    """What a script imports of a room that does not count may change."""
    before = digest(apart_from=("table",))
    (scripts / "nppdrivers/table.py").write_text("def rows():\n    return 9\n")
    assert digest(apart_from=("table",)) == before
    assert digest() != before


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b'{"key": 5}', b"\xff"])
def test_damaged_memory_is_parsed_again(digest, tmp_path, damage):
    """A memory that is missing or damaged costs time alone: the digest is the same."""
    before = digest()
    (tmp_path / "records" / "memory.json").write_bytes(damage)
    assert digest() == before


def test_memory_keeps_present_files_alone(scripts, digest, tmp_path):
    """Former versions of a file leave the memory, which does not grow from call to call."""
    digest()
    size = (tmp_path / "records" / "memory.json").stat().st_size
    for value in range(100, 110):
        (scripts / "nppdrivers/table.py").write_text(f"def rows():\n    return {value}\n")
        digest()
    assert (tmp_path / "records" / "memory.json").stat().st_size == size
