"""Every error a user can cause: the text says where, what was found, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from generator.exit_codes import INTERRUPTED

_MOST_LISTED = 30  # known names that an error lists
_LONGEST_FOUND = 80  # characters of a wrong value that are quoted


class ScenewrightError(Exception):
    """Base of all errors that are reported as one message, without a traceback.

    `exit_code` is what the command line exits with: 2 for wrong input, 1 for a failure at run time, 75 when it should be given again later.
    """

    exit_code = 1


class ConfigError(ScenewrightError):
    """A configuration or scene file says something that is not allowed."""

    exit_code = 2


class UnsatisfiableError(ScenewrightError):
    """A scene could not be drawn within the allowed number of tries; the text counts the requirements that failed.

    cause: the rule and the requirement that failed most, the same for all scenes that fail alike.
    """

    def __init__(self, text: str, cause: str = "") -> None:
        super().__init__(text)
        self.cause = cause


class AssetError(ScenewrightError):
    """An asset is missing, damaged, or lies outside its folder."""


class RenderError(ScenewrightError):
    """Blender failed on a scene; the text holds the last lines of its log."""


class DeviceError(RenderError):
    """The device that was asked for is not there."""


class DatasetError(ScenewrightError):
    """A dataset folder is damaged, belongs to another job, or lacks what was asked for."""


class DatasetInUseError(DatasetError):
    """Another process works on the dataset: the same command can be given again when it is done."""

    exit_code = INTERRUPTED


class DatasetInputError(DatasetError):
    """A dataset, image, object or folder was named that cannot serve: it is not there, is none, or is not free."""

    exit_code = 2


class MissingPackageError(ScenewrightError):
    """What was asked for needs a package or weights that this machine lacks; the text says how to get them."""


def nearest(word: object, known: Collection[str]) -> str:
    """' Did you mean "bus"?', or nothing when no known word is near."""
    close = get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


def unknown(what: str, word: object, known: Collection[str]) -> str:
    """'there is no rule "buss". Did you mean "bus"? Known: ...'"""
    names = sorted(str(k) for k in known)
    listed = ", ".join(names[:_MOST_LISTED]) or "none"
    more = f", ... ({len(names)} in all)" if len(names) > _MOST_LISTED else ""
    return f'there is no {what} "{word}".{nearest(word, known)} Known: {listed}{more}'


def quoted(value: Any) -> str:
    """A wrong value, shortened."""
    text = repr(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 3] + "..."
