"""``toolkit policies`` and ``toolkit init policy``."""


def test_list_show_and_init(command):
    code, out, err = command("policies", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if not line.startswith(" ")] == [
        "rolling",
        "schedule",
        "surplus",
    ]
    code, out, _ = command("policies", "show", "surplus")
    assert code == 0
    assert "reserve (0 to 1 share of capacity)" in out
    code, out, _ = command("init", "policy", "mine")
    assert code == 0
    assert "Wrote mine" in out


def test_an_unknown_policy_or_option_gets_one_message(command):
    code, _, err = command("policies", "show", "surpls")
    assert code == 2
    assert "unknown policy 'surpls'. Did you mean 'surplus'?" in " ".join(err.split())
    code, _, err = command("policies", "test", "rolling", "--option", "hour=3")
    assert code == 2
    assert "no option 'hour'. Did you mean 'hours'?" in " ".join(err.split())
