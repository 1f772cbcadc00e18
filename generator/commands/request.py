"""A dataset's job as it was asked for, with changes to how it is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generator.commands.compose import assignments
from generator.commands.tree import groups, option_values
from generator.commands.validate import validated
from generator.errors import ConfigError, DatasetInputError
from generator.grammar import Grammar
from generator.grammar.problems import unknown
from generator.grammar.tables import Beside, load_with
from generator.job import Job
from generator.storage import joined
from generator.writers.layout import JOB
from render_farm.request import read_request

_FREE = ("count", "render.threads", "render.time_limit_s")  # besides farm: what identity() leaves out


def requested(out: str, words: Sequence[str], folder: Path) -> tuple[Job, Grammar]:
    """The job that fills `out`, changed by `words`; its CSV files are laid out in the empty `folder`.

    Raises DatasetError when `out` is no dataset, ConfigError for words that would change its bytes.
    """
    config, more = read_request(out)
    job = validated(Job, changed(config, words))
    return job, _grammar(job, more, folder)


def _grammar(job: Job, more: Beside, folder: Path) -> Grammar:
    try:
        return load_with(job.scene, more, folder, joined(job.out, JOB))
    except ConfigError as error:
        if more.allowed is not None:
            raise
        raise DatasetInputError(
            f"{job.out}: its job was noted down by an earlier version, without what the factors of its scene may be: give the command "
            f"that began it once more; it goes on where it was. ({error})"
        ) from error


def changed(config: dict[str, Any], words: Sequence[str]) -> dict[str, Any]:
    """`config` with farm=NAME, farm.KEY=VALUE and a few more set. Raises ConfigError."""
    config = {**config, "farm": dict(config["farm"]), "render": dict(config["render"])}
    for key, value in sorted(assignments(words), key=lambda entry: entry[0] != "farm"):  # the option, then its keys
        if key == "farm":
            if value not in groups()["farm"]:
                raise ConfigError(f"farm={value}: {unknown('farm', value, groups()['farm'])}")
            config["farm"] = option_values("farm", value)
        elif key.startswith("farm."):
            config["farm"][key.removeprefix("farm.")] = value
        elif key in _FREE:
            group, _, name = key.rpartition(".")
            (config[group] if group else config)[name] = value
        else:
            raise ConfigError(f"{key}: belongs to what the dataset is; only farm=..., farm.* and {', '.join(_FREE)} can be changed here")
    return config
