"""Every error a user can cause: the text says where, what was found, what is allowed and what to do."""

from __future__ import annotations


class ScenewrightError(Exception):
    """Base of all errors that are reported as one message, without a traceback.

    `exit_code` is what the command line exits with: 2 for wrong input, 1 for a failure at run time.
    """

    exit_code = 1


class ConfigError(ScenewrightError):
    """A configuration or scene file says something that is not allowed."""

    exit_code = 2


class UnsatisfiableError(ScenewrightError):
    """A scene could not be drawn within the allowed number of tries; the text counts the requirements that failed."""


class AssetError(ScenewrightError):
    """An asset is missing, damaged, or lies outside its folder."""


class RenderError(ScenewrightError):
    """Blender failed on a scene; the text holds the last lines of its log."""


class DeviceError(RenderError):
    """The device that was asked for is not there."""


class DatasetError(ScenewrightError):
    """A dataset folder is damaged, belongs to another job, or lacks what was asked for."""


class DatasetInputError(DatasetError):
    """A dataset, image, object or folder was named that cannot serve: it is not there, is none, or is not free."""

    exit_code = 2
