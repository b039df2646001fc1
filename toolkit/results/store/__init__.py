"""Results folders: written whole or not at all, and read back as plain values."""

from toolkit.results.store.contents import CaseFiles, Results
from toolkit.results.store.folder import (
    identity,
    new_folder,
    read_manifest,
    read_study,
)
from toolkit.results.store.manifest import status
from toolkit.results.store.place import (
    Place,
    check_free,
    claimed,
    home,
    reclaimed,
    unfinished,
)
from toolkit.results.store.reading import check_cases, read_results
from toolkit.results.store.replacing import check_idle, lock_file
from toolkit.results.store.sheets import read_csv, read_words, write_csv
from toolkit.results.store.sums import checksums
from toolkit.results.store.writing import (
    network,
    write_case,
    write_comparison,
    write_study,
)

__all__ = [
    "CaseFiles",
    "Place",
    "Results",
    "check_cases",
    "check_free",
    "check_idle",
    "checksums",
    "claimed",
    "home",
    "identity",
    "lock_file",
    "network",
    "new_folder",
    "read_csv",
    "read_manifest",
    "read_results",
    "read_study",
    "read_words",
    "reclaimed",
    "status",
    "unfinished",
    "write_case",
    "write_comparison",
    "write_csv",
    "write_study",
]
