"""CSV files of results: what is written reads back, and a spreadsheet runs nothing of it."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.results.columns import FILES, WORDS, columns
from toolkit.results.store import read_csv, read_words, write_csv
from toolkit.results.store.sheets import marked, unmarked

#: Text without lone surrogates, which UTF-8 has no bytes for, and NUL, which ends a cell.
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1)
NASTY = st.sampled_from(
    ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'", "''=1", "'a", "NA", "nan", "None", "null",
     "True", "1e5", "007", " x ", "a,b", '"', 'a"b', "a\nb", "a\r\nb", "-", "--", "é", "\ufeffx")
)  # fmt: skip
NAMES = st.one_of(TEXT, NASTY)
NUMBERS = st.floats(allow_nan=True, allow_infinity=False)


@given(st.lists(st.tuples(NAMES, NAMES, NUMBERS), min_size=1, max_size=8))
def test_names_and_numbers_read_back_as_they_were(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("sheet") / "trades.csv"
    data = [(seller, buyer, kwh, -1.5) for seller, buyer, kwh in rows]
    frame = pd.DataFrame(data, columns=columns("trades.csv"))
    write_csv(path, frame)
    for found in (read_csv(path), read_words(path)):
        assert found["seller"].tolist() == frame["seller"].tolist()
        assert found["buyer"].tolist() == frame["buyer"].tolist()
    again = read_words(path)["kwh"].map(lambda cell: float(cell) if cell else np.nan)
    assert np.array_equal(again.to_numpy(float), frame["kwh"].to_numpy(), equal_nan=True)
    assert (read_csv(path)["money"] == -1.5).all()


@given(st.lists(NAMES, min_size=1, max_size=8))
def test_no_cell_of_words_is_run_by_a_spreadsheet(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("sheet") / "targets.csv"
    frame = pd.DataFrame({"optimizer": names, "evaluations": -1, "share": -0.5})
    write_csv(path, frame)
    with io.StringIO(path.read_bytes().decode("utf-8"), newline="") as file:
        cells = list(csv.reader(file))
    for word, *numbers in cells[1:]:
        assert word == "-" or not word.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert numbers == ["-1", "-0.5"]


@given(NAMES, NAMES)
def test_two_texts_are_never_written_alike(one, other):
    assert unmarked(marked(one)) == one
    assert (marked(one) == marked(other)) == (one == other)


def test_every_column_is_of_words_or_of_numbers(ieee12_results):
    """What is listed as words is what holds text in a results folder."""
    known = {column.name for file in FILES.values() for column in file}
    assert known >= WORDS
    for path in ieee12_results.rglob("*.csv"):
        frame = pd.read_csv(path)
        texts = {n for n in frame if not pd.api.types.is_numeric_dtype(frame[n])}
        assert texts <= WORDS, path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ", line 1: found nothing; expected the names of columns"),
        (b"\x00\xff\xfe", r": cannot be read"),
        (b"seller,buyer,kwh\na,b,1\n", ": column 'money' is missing"),
        (
            b"seller,buyer,kwh,money\na,b,many,1\n",
            ": column 'kwh', row 1: found 'many'; expected a",
        ),
        (b"seller,buyer,kwh,money\na,b,1,1\na,b,NaN,1\n", ": column 'kwh', row 2: found 'NaN'"),
        (b"seller,buyer,kwh,money\na,b,1,1,5,6\n", ", line 2: found 6 values; expected 4"),
        (b"seller,buyer,kwh,money\na,b,1,1\na,b,1", ", line 3: .* 3 values; expected 4.* cut off"),
        (b'seller,buyer,kwh,money\n"a,b,1,1\n', ", line 2: found 1 value; expected 4"),
        (b"seller,buyer,kwh,money\na,b,nan,1\n", ": column 'kwh', row 1: found 'nan'"),
        (b"seller,buyer,kwh,money\na,b," + b"9" * 30 + b",1\n", ": column 'kwh', row 1"),
        (b"seller,buyer,kwh,money\na,b," + b"9" * 400 + b",1\n", ": column 'kwh', row 1"),
    ],
)
def test_damaged_files_are_named(tmp_path, content, said):
    (tmp_path / "trades.csv").write_bytes(content)
    with pytest.raises(InputError, match=rf"trades\.csv{said}"):
        read_csv(tmp_path / "trades.csv")


def test_a_file_from_before_apostrophes_reads_as_it_did(tmp_path):
    (tmp_path / "trades.csv").write_text("seller,buyer,kwh,money\n-a,=b,-1,\n", "utf-8")
    (row,) = read_csv(tmp_path / "trades.csv").to_dict("records")
    assert (row["seller"], row["buyer"], row["kwh"]) == ("-a", "=b", -1.0)
    assert np.isnan(row["money"])
