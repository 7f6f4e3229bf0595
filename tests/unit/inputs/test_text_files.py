"""Tables as people have them: separators, decimal commas, encodings, and files that are no table."""

import gzip

import pytest

from nppdrivers.inputs.problems import InputError
from nppdrivers.inputs.tables import column_names, read_csv
from nppdrivers.inputs.text_files import no_data

WRITTEN = {
    "comma": "place,name,value\nA,北,1.5\nB,,-20.25\n",
    "semicolon": "place;name;value\nA;北;1.5\nB;;-20.25\n",
    "tab": "place\tname\tvalue\nA\t北\t1.5\nB\t\t-20.25\n",
    "decimal comma": "place;name;value\nA;北;1,5\nB;;-20,25\n",
    "quoted decimal comma": 'place,name,value\nA,北,"1,5"\nB,,"-20,25"\n',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", WRITTEN)
def test_the_same_table_in_all_forms(tmp_path, name, encoding):
    """Separator, decimal sign and encoding do not change what is read."""
    path = tmp_path / "a.csv"
    path.write_text(WRITTEN[name], encoding=encoding)
    table = read_csv(path, ("place", "name"))
    assert table["place"].tolist() == ["A", "B"]
    assert table["name"].fillna("").tolist() == ["北", ""]
    assert table["value"].tolist() == [1.5, -20.25]
    assert column_names(path) == ["place", "name", "value"]


def test_thousands_are_not_decimals(tmp_path):
    """Commas with three digits after each may separate thousands: they are reported, not guessed."""
    (tmp_path / "a.csv").write_text('place,value\nA,"1,234"\nB,5\n')
    with pytest.raises(InputError, match="not a number: '1,234'"):
        read_csv(tmp_path / "a.csv", ("place",))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE HTML>\n<html>", "a web page"),
        (gzip.compress(b"\n<html><head>"), ""),
        (gzip.compress(b"<html><head>"), "a web page"),
        (gzip.compress(b"a,b\n1,2\n" * 99)[:12], "a damaged gzip file"),
        (b"PK\x03\x04....", "a zip archive or a spreadsheet"),
        (b"\x00\x01\x02", "a binary file"),
        (b" \n", "empty"),
        ("a,b\n".encode("utf-16"), ""),
        (b"a,b\n1,2\n", ""),
        (gzip.compress(b"a,b\n1,2\n"), ""),
    ],
)
def test_files_that_are_no_table(tmp_path, content, kind):
    """A web page, an archive, a damaged or binary file is recognised by what is in it, packed or not."""
    (tmp_path / "a.csv").write_bytes(content)
    assert no_data(tmp_path / "a.csv") == kind


def test_web_page_is_named(tmp_path):
    """A web page under the name of a table is one problem, not a list of missing columns."""
    (tmp_path / "a.csv").write_text("<!DOCTYPE HTML>\n<title>404 Not Found</title>\n")
    with pytest.raises(InputError, match="is a web page, not a table") as caught:
        read_csv(tmp_path / "a.csv", ())
    assert len(caught.value.problems) == 1
