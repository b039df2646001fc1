"""A case: what is done, and how it is told."""

from dataclasses import dataclass, field


@dataclass
class Case:
    """What is done: ``words`` of the command line, or ``call`` with arguments."""

    kind: str
    words: list = field(default_factory=list)
    call: str = ""
    given: dict = field(default_factory=dict)
    draws: bool = False

    def told(self) -> str:
        """Say in a line what is done."""
        if self.call:
            return f"{self.call}({', '.join(f'{k}={_told(v)}' for k, v in self.given.items())})"
        return " ".join(_told(word) for word in self.words)


def _told(value):
    try:
        return repr(value)[:120]
    except Exception as error:
        return f"<{type(value).__name__}: {type(error).__name__}>"
