"""Results folders: written whole or not at all, and read back as plain values."""

from toolkit.store.folder import (
    checksums,
    identity,
    lock_file,
    new_folder,
    prepare,
    read_manifest,
    read_study,
    write_manifest,
)
from toolkit.store.reading import CaseFiles, Results, read_results
from toolkit.store.writing import network, write_case, write_comparison, write_csv, write_study

__all__ = [
    "CaseFiles",
    "Results",
    "checksums",
    "identity",
    "lock_file",
    "network",
    "new_folder",
    "prepare",
    "read_manifest",
    "read_results",
    "read_study",
    "write_case",
    "write_comparison",
    "write_csv",
    "write_manifest",
    "write_study",
]
