"""What is refused of a point before any is searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.problem.setting import Setting, check_searchable, prepare

if TYPE_CHECKING:
    from toolkit.commands.request import Request
    from toolkit.inputs.study import Study


def checked_point(study: Study, request: Request) -> Setting:
    """Prepare the study of a point. Raises ToolkitError where it cannot be searched as asked."""
    setting = prepare(study)
    check_searchable(setting)
    if request.bound_s is not None or request.polish:
        # Late: the exact model brings its solver, which a search without it does not need.
        from toolkit.exact.proof import check_owners

        check_owners(setting)
    return setting
