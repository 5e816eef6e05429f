"""What the settings are in effect, and where each comes from. Of secrets nothing is said but whether they are set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Literal

from feedsite.settings import PREFIX, Settings, environment_name

Source = Literal["environment", "ini", "default"]


@dataclass(frozen=True)
class ShownSetting:
    """A setting in effect.

    Args:
        name: without its prefix.
        value: as text; of a secret: ``set`` or ``not set``.
        source: where it comes from.
        secret: whether its value is kept back.
        help: what it is for.
    """

    name: str
    value: str
    source: Source
    secret: bool
    help: str


def shown_settings(
    settings: Settings, ini: Mapping[str, object], environ: Mapping[str, str] | None = None
) -> tuple[ShownSetting, ...]:
    """Every setting in effect, by name.

    Args:
        settings: the site's.
        ini: the application section they were read from.
        environ: the environment; None: the process's own.
    """
    environ = os.environ if environ is None else environ
    shown = []
    for declared in sorted(fields(Settings), key=lambda one: one.name):
        value, secret = getattr(settings, declared.name), not declared.repr
        source: Source = "default"
        if environment_name(declared.name) in environ:
            source = "environment"
        elif PREFIX + declared.name in ini:
            source = "ini"
        text = _text(value)
        if secret:
            text = "set" if text else "not set"
        shown.append(ShownSetting(declared.name, text, source, secret, str(declared.metadata["help"])))
    return tuple(shown)


def _text(value: object) -> str:
    if value is MISSING or value is None:
        return ""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)
