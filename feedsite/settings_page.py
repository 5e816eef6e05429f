"""Writes docs/settings.md from the declarations: ``python -m feedsite.settings_page > docs/settings.md``."""

from __future__ import annotations

import sys
from dataclasses import MISSING, fields

from feedsite.settings import PREFIX, Settings, environment_name
from feedsite.settings_accounts import AccountSettings

_HEAD = """# Settings

<!-- Written by `python -m feedsite.settings_page`; a test compares it with feedsite/settings.py. -->

Every setting has two names: one for the ini file's `[app:main]` section and one for the environment, which goes over
the ini file. A setting that is missing, unknown or out of range stops the start with its name; the value itself is
never printed. The sample secrets that stand in the ini files of this repository are refused in production.

The commands read the same settings: `alembic -c FILE.ini`, `pserve FILE.ini`, `pshell FILE.ini`,
`feedsite -c FILE.ini`.
"""


def page() -> str:
    """The page, as Markdown."""
    parts = [_HEAD]
    # A class's own come after those of its base; for readers the site as such comes first.
    for declared in sorted(fields(Settings), key=lambda one: one.name in AccountSettings.__dataclass_fields__):
        default = declared.metadata["default"]
        shown = "must be set" if default is MISSING else f"`{default}`" if default else "empty"
        parts.append(
            f"## `{PREFIX}{declared.name}`\n\n{declared.metadata['help']}\n\n"
            f"- Type: {declared.metadata['type']}\n"
            f"- Default: {shown}\n"
            f"- Environment: `{environment_name(declared.name)}`\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
