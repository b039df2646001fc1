"""A command that must be refused."""

import pytest


@pytest.fixture
def refused(command, tmp_path):
    """Run a command that must end with exit code 2 and one message with these words."""

    def run(words, *expected):
        code, out, err = command(*words)
        assert code == 2, out + err
        assert "Traceback" not in err
        assert "Error" in err
        for word in expected:
            assert word in err, err
        assert not (tmp_path / "results").exists()
        return err

    return run
