"""OpenDSS scripts that nobody here wrote, as text: taken apart, judged, never run.

What leaves it is a :class:`Script`: the statements the engine may be given, file names in them made
absolute, and remarks on everything else.
"""

from toolkit.scripts.reader import (
    CONTINUING,
    Remark,
    Script,
    Statement,
    common_folder,
    defines_circuit,
    read_script,
    referenced_files,
)

__all__ = [
    "CONTINUING",
    "Remark",
    "Script",
    "Statement",
    "common_folder",
    "defines_circuit",
    "read_script",
    "referenced_files",
]
