"""A solved circuit as values, and plain OpenDSS in a process that knows nothing of the toolkit.

Run as a file it reads jobs from stdin, each a script and commands, and prints what it read. Each
job is a fork of a process that has only imported the engine, so that none leaves anything behind.
"""

import json
import os
import sys

#: The classes that take part in the power flow.
_FLOWING = """vsource isource line transformer autotrans reactor capacitor fault load pvsystem
    generator storage vccs gictransformer gicline gicsource upfc indmach012 windgen"""
FLOWING = frozenset(_FLOWING.split())
TIGHT = "Set tolerance=1e-9 maxiterations=100 maxcontroliter=100"


def elements(d):
    """Return the full names of the enabled elements of the power flow, in lower case."""
    found = []
    for name in d.Circuit.AllElementNames():
        d.Circuit.SetActiveElement(name)
        if name.split(".")[0].lower() in FLOWING and d.CktElement.Enabled():
            found.append(name.lower())
    return found


def state(d):
    """Return node voltages, V, powers of every element, kVA, open conductors, taps and states."""
    volts = [float(v) for v in d.Circuit.AllBusVolts()]
    nodes = [str(name).lower() for name in d.Circuit.AllNodeNames()]
    found = {"volts": dict(zip(nodes, zip(volts[::2], volts[1::2], strict=True), strict=True))}
    found |= {"powers": {}, "open": {}, "taps": {}, "states": {}, "bus": {}}
    for name in elements(d):
        d.Circuit.SetActiveElement(name)
        found["powers"][name] = [float(p) for p in d.CktElement.Powers()]
        found["bus"][name] = d.CktElement.BusNames()[0].split(".")[0].lower()
        ends, phases = d.CktElement.NumTerminals(), d.CktElement.NumPhases()
        where = [(t, p) for t in range(1, ends + 1) for p in range(1, phases + 1)]
        found["open"][name] = [bool(d.CktElement.IsOpen(t, p)) for t, p in where]
    _ = [_controlled(d, name, found) for name in found["powers"]]
    found["loss_w"] = [float(p) for p in d.Circuit.Losses()]
    return found


def _controlled(d, name, found):
    """Add the taps of a transformer, or the states of a capacitor's steps."""
    cls, bare = name.split(".", 1)
    if cls == "transformer":
        d.Transformers.Name(bare)
        taps = []
        for winding in range(1, d.Transformers.NumWindings() + 1):
            d.Transformers.Wdg(winding)
            taps.append(float(d.Transformers.Tap()))
        found["taps"][name] = taps
    elif cls == "autotrans":
        d.Circuit.SetActiveElement(name)
        found["taps"][name] = json.loads(d.Properties.Value("taps").replace(", ]", "]"))
    elif cls == "capacitor":
        d.Capacitors.Name(bare)
        found["states"][name] = [int(s) for s in d.Capacitors.States()]


def snapshot(d, commands=()):
    """Solve a snapshot with tight tolerance and return its state."""
    for command in (TIGHT, *commands, "Set mode=snapshot number=1"):
        d.Text.Command(command)
    d.Solution.Solve()
    assert d.Solution.Converged()
    return [state(d)]


def day(d, mode, steps, hours, commands=()):
    """Solve a day step by step and return the state of each."""
    d.Text.Command(TIGHT)
    d.Text.Command(f"Set mode={mode} stepsize={3600.0 * hours!r}s number=1 hour=0 sec=0")
    for command in commands:
        d.Text.Command(command)
    states = []
    for _ in range(steps):
        d.Solution.Solve()
        assert d.Solution.Converged()
        states.append(state(d))
    return states


def _job(job):
    from opendssdirect import dss as d

    try:
        d.Text.Command(f'Redirect "{job["script"]}"')
        if job["steps"]:
            found = day(d, job["mode"], job["steps"], job["hours"], job["commands"])
        else:
            found = snapshot(d, job["commands"])
        return {"states": found}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {' '.join(str(error).split())}"}


def _apart(job):
    """Do a job in a fork of this process; return what it writes."""
    ours, theirs = os.pipe()
    if not os.fork():
        with os.fdopen(theirs, "w", encoding="utf-8") as answer:
            answer.write(json.dumps(_job(job)))
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as answer:
        text = answer.read()
    os.wait()
    return json.loads(text or '{"failed": "the process ended"}')


def main():
    """Answer the jobs of stdin, one line of JSON each."""
    import opendssdirect

    assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
    opendssdirect.dss.Basic.AllowEditor(False)
    opendssdirect.dss.Basic.AllowForms(False)
    print(json.dumps([_apart(job) for job in json.load(sys.stdin)]))


if __name__ == "__main__":
    main()
