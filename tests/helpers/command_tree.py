"""Importing this has the tree of commands be made once a process, not for each command.

A process of the product carries out one command, one of the tests hundreds, and a template of
processes has the tree made before it forks. A command itself holds nothing of what was typed.
"""

from functools import cache

import typer.main

from toolkit import cli

if not hasattr(typer.main.get_command, "cache_info"):
    typer.main.get_command = cache(typer.main.get_command)
typer.main.get_command(cli.app)
