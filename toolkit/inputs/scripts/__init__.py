"""OpenDSS scripts that nobody here wrote, as text: taken apart, judged, never run.

What leaves it is a :class:`Script`: what the scripts say in canonical form, the numbers of files in
the place of their names, and remarks on everything else. The engine is told in words that are
written here, never in those of the script.
"""

from toolkit.inputs.scripts.masters import defines_circuit
from toolkit.inputs.scripts.reader import common_folder, read_script, referenced_files
from toolkit.inputs.scripts.remarks import Remark
from toolkit.inputs.scripts.script import Script, Statement

__all__ = [
    "Remark",
    "Script",
    "Statement",
    "common_folder",
    "defines_circuit",
    "read_script",
    "referenced_files",
]
