"""Tables with other separators and decimal commas, and what is said of them."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs.separated import table

PLAIN = "a,b\n1,0.5\n2,3.25\n3,4\n"


def rows(text):
    return [row for _, row in table(text, "f.csv", 2).rows]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_and_decimal_commas_give_the_same_cells(mark):
    commas = PLAIN.replace(",", mark).replace(".", ",")
    assert rows(commas) == rows(PLAIN.replace(",", mark)) == rows(PLAIN)
    told = table(commas, "f.csv", 2).remark
    assert "f.csv" in told
    assert "decimal" in told
    assert "decimal" not in table(PLAIN.replace(",", mark), "f.csv", 2).remark
    assert not table(PLAIN, "f.csv", 2).remark


def test_a_line_that_says_the_separator_is_passed_over_and_counted():
    found = table("sep=;\r\na;b\r\n1;2\r\n3;4\r\n5;6\r\n", "f.csv", 2)
    assert (found.line, found.header, found.rows[0]) == (2, ("a", "b"), (3, ["1", "2"]))


def test_points_and_commas_in_one_file_are_left_as_they_are():
    assert rows("a;b\n1;1.234,5\n2;0,5\n3;1\n")[1] == ["2", "0,5"]


def test_too_few_rows_are_refused():
    with pytest.raises(InputError, match=r"f\.csv: found 1 rows"):
        table("a;b\n1;2\n", "f.csv", 2)
