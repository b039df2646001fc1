"""Print the table of the sweep: ``python tests/sweep/run.py [WORDS OF NAMES ...]``."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sweep.compare import compared, solved_plainly
from sweep.construct import constructs, read


def main():
    """Compare every construct, or those whose names hold one of the words, and print a table."""
    words = sys.argv[1:]
    scripts = [Path(word).resolve() for word in words if word.lower().endswith(".dss")]
    chosen = [read(script) for script in scripts] or [
        c for c in constructs() if not words or any(word in c.name for word in words)
    ]
    told = solved_plainly([job for c in chosen for job in c.jobs()])
    print("| construct | powers | volts | open, taps, states | verdict |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for i, construct in enumerate(chosen):
            found = compared(construct, told[2 * i : 2 * i + 2], Path(folder))
            equal = "equal" if found.equal else "differ"
            figures = f"{found.powers:.0e} | {found.volts:.0e} | {equal}"
            print(f"| {construct.what} | {figures} | {found.word()} |")
            if found.refusal or found.wrong or construct.fault:
                known = f"known: {construct.fault}" if construct.fault else ""
                print("".join(f"    {line}\n" for line in (*found.wrong, known) if line), end="")


if __name__ == "__main__":
    main()
