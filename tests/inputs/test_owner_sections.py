"""Owners in a study: forms, shares, and mistakes in one message each."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs import study_files


def study_of(text):
    return study_files.parse(f'name = "x"\nfeeder = "ieee12"\n{text}\n'.encode(), "x.toml")


@pytest.mark.parametrize("owner", ["site", "community", "bus:5", "third-party:Stadtwerke"])
def test_an_owner_is_written_as_it_was_read(owner):
    study = study_of(f'[owners]\npv = "{owner}"\n[owners.units]\n"bess1" = "{owner}"')
    assert study.ownership.of("pv3", "pv") == study.ownership.of("bess1", "bess") == owner
    assert study.ownership.of("wt1", "wt") == "site"
    assert study_files.parse(study_files.to_toml(study).encode(), "y.toml") == study


def test_a_study_without_owners_says_nothing_of_them():
    assert "owners" not in study_files.to_toml(study_of(""))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'owners.pv = "Stadtwerke"',
            "'owners.pv': found 'Stadtwerke'; expected 'site', 'community', 'bus:NAME' or "
            "'third-party:NAME', names without blanks.",
        ),
        (
            'owners.bess = "third-party:Stadt Werke"',
            "'owners.bess': found 'third-party:Stadt Werke'; expected 'site', 'community', "
            "'bus:NAME' or 'third-party:NAME', names without blanks.",
        ),
        (
            'owners.pv = "community"\nowners.shares = { "3" = 0.5, "4" = 0.4 }',
            "'owners': shares: found a sum of 0.9 over 2 of them; expected 1.",
        ),
        (
            'owners.shares = { "3" = 1.0 }',
            "'owners': shares: found them, and no unit of the community; expected an owner "
            "'community', such as pv = \"community\".",
        ),
        (
            'owners.pv = "community"\nowners.shares = { "a" = 0.5, "A" = 0.5 }',
            "'owners': shares: found 'a' and 'A'; expected one of them, since letter case does "
            "not count.",
        ),
        (
            'owners.pv = "community"\nowners.shares = { "3" = 1.5 }',
            "'owners.shares.3': found 1.5; expected less than or equal to 1 (whose what the "
            "community owns is, by bus of the member; they sum to 1; left out: equal shares of the "
            "members with load).",
        ),
    ],
)
def test_one_message(text, said):
    with pytest.raises(InputError) as error:
        study_of(text)
    assert str(error.value) == f"x.toml: {said}"


def test_a_battery_is_a_bess():
    with pytest.raises(InputError, match=r"'owners\.battery'\. Did you mean 'bess'\?"):
        study_of('owners.battery = "community"')


def test_shares_may_miss_one_by_rounding():
    third = "0.3333333333"
    study = study_of(
        f'owners.pv = "community"\nowners.shares = {{ "2" = {third}, "3" = {third}, '
        f'"4" = {third} }}'
    )
    assert sum(study.ownership.shares.values()) == pytest.approx(1.0, abs=1e-9)
