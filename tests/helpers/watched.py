"""Folders of searches on their way, made by hand: a manifest, and journals that grow."""

import json

import numpy as np

from helpers.journals import SPACE, Bowl
from toolkit.inputs import study_files
from toolkit.runs.journal import Journal
from toolkit.runs.recorder import Recorder

ASKED = {
    "command": "toolkit compare", "study": "ieee12", "study_hash": "x", "versions": {},
    "optimizers": ["few", "many"], "runs": 1, "seed": 7, "budget": 20, "notices": [],
}  # fmt: skip


class Clock:
    """Seconds since the epoch, which pass when they are told to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def manifest(folder, name="manifest.json", **facts):
    """Write what a folder was asked."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps({**ASKED, **facts}), encoding="utf-8")
    study = study_files.to_toml(study_files.load("ieee12"))
    (folder / "study.toml").write_text(study, encoding="utf-8")


class Writer:
    """Writes a run's journal, some evaluations at a time, and holds it locked as a run does."""

    def __init__(self, folder, case, seed=0):
        (folder / "journal").mkdir(parents=True, exist_ok=True)
        (folder / "journal" / "token").write_text("word", encoding="utf-8")
        self.path = folder / "journal" / f"{case}.journal"
        self.journal = Journal(self.path, SPACE, {"case": case})
        self.recorder = Recorder(Bowl(), self.journal)
        self.rng = np.random.default_rng(seed)

    def write(self, n):
        """Make n evaluations more; return their scores."""
        return self.recorder.evaluate(self.rng.random((n, 2)))
