"""A street in a folder: a script, a study, and columns of one day."""

from toolkit.inputs import study_files


def written(folder, columns, script, study):
    """Write the three beside each other, and return the study loaded."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    (folder / "day.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "street.dss").write_text(script, encoding="utf-8")
    (folder / "street.toml").write_text(study, encoding="utf-8")
    return study_files.load(str(folder / "street.toml"))
