"""A process that has imported what many need, and turns into each of them by forking.

Run as a script: its words are the descriptor of a socket and the modules to import. It never does
anything but import, so each fork begins as a fresh interpreter does, only sooner.
"""

import gc
import importlib
import os
import pickle
import socket
import sys
import time

#: Bytes of a message.
MOST = 1 << 17


def job(control):
    """Answer messages for ever; in each fork return what it is to do."""
    while True:
        message, files, *_ = socket.recv_fds(control, MOST, 3)
        if not message:
            os._exit(0)
        ours, theirs = os.pipe()
        between = os.fork()
        if between == 0 and os.fork() > 0:
            os._exit(0)
        if between == 0:
            control.close()
            os.setsid()
            os.write(theirs, str(os.getpid()).encode())
            return begun(pickle.loads(message), files, (ours, theirs))
        for file in (*files, theirs):
            os.close(file)
        pid = os.read(ours, 20)
        os.close(ours)
        # Once the process between is gone its child belongs to whoever asked.
        os.waitpid(between, 0)
        control.send(pid)


def begun(order, files, pipes):
    """Make this fork the process that was asked for; return its code."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in {*files, *pipes} - {0, 1, 2}:
        os.close(file)
    while os.getppid() != order["parent"]:
        time.sleep(0.0005)
        # Raises where whoever asked was killed meanwhile.
        os.kill(order["parent"], 0)
    os.chdir(order["cwd"])
    become(order["environ"])
    sys.argv[:] = ["-c", *order["words"]]
    sys.path[0] = ""
    # As with ``-c``, there is no file that a process of multiprocessing would import again.
    vars(sys.modules["__main__"]).pop("__file__", None)
    importlib.invalidate_caches()
    # Python's own random numbers begin anew in a fork, NumPy's do not.
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    return order["code"]


def become(environ):
    """Make the environment this one; what stays is not touched, for OpenDSS keeps where it is."""
    for name in set(os.environ) - set(environ):
        del os.environ[name]
    for name, value in environ.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def serve(control):
    """Fork for ever; in each fork carry out what it is to do.

    No fork looks for garbage in what was there before it, not as it ends either: that took up to a
    second of each, since what is looked at is copied.
    """
    gc.collect()
    gc.freeze()
    exec(compile(job(control), "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    for name in sys.argv[2:]:
        importlib.import_module(name)
    serve(socket.socket(fileno=int(sys.argv[1])))
