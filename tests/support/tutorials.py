"""Run the Python blocks of a tutorial in order, each with the output that the page shows after it.

Run as a script with the path of a page, it writes the output of this very run into the page.
"""

import contextlib
import io
import re
import sys
from pathlib import Path

import house

TUTORIALS = house.REPOSITORY / "docs" / "tutorials"
BLOCK = re.compile(r"```python\n(?P<code>.*?)```(?:\n\n```text\n(?P<output>.*?)```)?", re.DOTALL)


def outputs(page: Path) -> list[tuple[str, str]]:
    """Output of each block of a page, as shown and as printed by this run."""
    names: dict[str, object] = {}
    found = []
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(block["code"], str(page), "exec"), names)
        found.append((block["output"] or "", printed.getvalue()))
    return found


def renew(page: Path) -> None:
    """Write what the blocks print into the page."""
    printed = iter([new for _, new in outputs(page)])

    def with_output(block: re.Match[str]) -> str:
        output = next(printed)
        return f"```python\n{block['code']}```" + (f"\n\n```text\n{output}```" if output else "")

    page.write_text(BLOCK.sub(with_output, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(house.SCRIPTS))
    renew(Path(sys.argv[1]))
