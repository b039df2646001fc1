"""Labels: several settings of one optimizer side by side, each under a name of its own.

Options of an optimizer may carry the reserved key ``optimizer``: they then belong to that plug-in,
and what they stand under is a label for this setting of it.

    [optimizers.jade]
    optimizer = "mealpy"
    algorithm = "JADE"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.common.errors import InputError, unknown_name
from toolkit.common.plugins.groups import DEVICES, NAME
from toolkit.optimizer import registry
from toolkit.optimizer.contract import Optimizer

#: The key among options that says whose they are; no plug-in may have an option of this name.
KEY = registry.RESERVED
#: What no name of a folder holds.
UNFIT = re.compile(r"[^A-Za-z0-9_-]")
#: Taken: names of cases, and what a reader of CSV takes for a missing value.
TAKEN = {"base", "plan", "exact", "na", "nan", "null", "none"}


def given(words: Iterable[str]) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
    """Read NAME and LABEL=NAME; return the labels in order, and options that say whose each is.

    NAME may be NAME:VALUE, see ``registry.chosen``; without a label it gets ``label_of`` it.
    """
    labels: list[str] = []
    options: dict[str, dict[str, Any]] = {}
    for word in words:
        label, equals, optimizer = word.partition("=")
        if equals and not (label and optimizer):
            raise InputError(f"--optimizer: found '{word}'; expected NAME or LABEL=NAME.")
        if not equals and ":" in word:
            label, optimizer = label_of(word), word
        labels.append(label)
        if optimizer:
            options[label] = {KEY: optimizer}
    return tuple(labels), options


def label_of(word: str) -> str:
    """Return what NAME:VALUE is called in results, NAME-VALUE; any other word as it is."""
    return UNFIT.sub("-", word)[:40] if ":" in word else word


def merged(
    options: Mapping[str, Mapping[str, Any]], more: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return options by label with more of them, which win."""
    return {
        label: {**options.get(label, {}), **more.get(label, {})} for label in {**options, **more}
    }


def split(label: str, entry: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """Return the plug-in's name and its own options; without a word the label is the name."""
    options = dict(entry or {})
    return options.pop(KEY, label), options


def resolved(
    label: str, study: Mapping[str, Mapping[str, Any]], request: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a label stands for, checked, as plain values ready for a study file.

    study, request: options by label; the request's win. Raises InputError, also where the two mean
    different plug-ins by the label.
    """
    known = _spelt_out(label, study.get(label, {}))
    entry = {**known, **_spelt_out(label, request.get(label, {}))}
    optimizer, options = split(label, entry)
    meant = split(label, known)[0] if label in study else optimizer
    if meant != optimizer:
        raise InputError(
            f"--optimizer {label}={optimizer}: by '{label}' the study means '{meant}'. "
            "Choose another label."
        )
    if label == optimizer:
        _check_free(label, label)
        return _plain(_unlabelled(label, options, study), options)
    check(label, entry)
    built = registry.configure(registry.load(optimizer), options, label)
    return {KEY: optimizer, **_plain(built, options)}


def _spelt_out(label: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands under a label, NAME:VALUE as a name and an option."""
    if not isinstance(entry.get(KEY), str):
        return dict(entry)
    name, options = registry.chosen(*split(label, entry))
    return {KEY: name, **options}


def _unlabelled(name: str, options: Mapping[str, Any], study: Iterable[str]) -> Optimizer:
    """Build an optimizer; for an unknown name the study's labels are offered as well."""
    try:
        return registry.build(name, options)
    except InputError:
        installed = registry.names()
        if name in installed:
            raise
        raise unknown_name("optimizer", name, {*installed, *study} - {name}) from None


def _plain(built: Optimizer, given: Iterable[str]) -> dict[str, Any]:
    """Return the options that were given, as plain values."""
    plain: dict[str, Any] = built.options.model_dump(
        mode="json", exclude_none=True, include=set(given)
    )
    return plain


def check(label: str, entry: Mapping[str, Any]) -> None:
    """Check that a label can be used and that its plug-in can be; InputError otherwise."""
    found = split(label, entry)[0]
    if not isinstance(found, str):
        raise InputError(
            f"optimizers.{label}.{KEY}: found {found!r}; expected an optimizer's name."
        )
    optimizer = split(label, _spelt_out(label, entry))[0]
    if label != optimizer:
        _check_label(label, optimizer)
    registry.load(optimizer)


def check_distinct(labels: Iterable[str]) -> None:
    """Refuse a label that stands twice, or twice but for the case of its letters.

    Results go into folders by label, and some file systems do not tell case.
    """
    seen: dict[str, str] = {}
    for label in labels:
        before = seen.get(label.casefold())
        if before == label:
            raise InputError(
                f"--optimizer: '{label}' is named twice; two settings of one optimizer need "
                f"labels, as in --optimizer first={label} --optimizer second={label}."
            )
        if before is not None:
            raise InputError(f"--optimizer: '{before}' and '{label}' differ in case only.")
        seen[label.casefold()] = label


def _check_label(label: str, optimizer: str) -> None:
    if not NAME.fullmatch(label):
        raise InputError(
            f"label {label[:60]!a} of optimizer '{optimizer}': expected a letter, then letters, "
            "digits, '-' or '_', 40 at most."
        )
    _check_free(label, optimizer)
    if label in registry.names():
        raise InputError(
            f"label '{label}' of optimizer '{optimizer}': is the name of an installed optimizer; "
            "choose another."
        )


def _check_free(label: str, optimizer: str) -> None:
    """Refuse a name that means something else in results; a plug-in may be called so all the same.

    It then runs under a label.
    """
    if label.casefold() in TAKEN | DEVICES:
        other = "give it a label" if label == optimizer else "choose another"
        raise InputError(
            f"label '{label}' of optimizer '{optimizer}': has a meaning of its own in results; "
            f"{other}, as in --optimizer mine={optimizer}."
        )
