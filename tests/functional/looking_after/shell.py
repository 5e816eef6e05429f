"""The command line on a test's database."""

from __future__ import annotations

from click.testing import CliRunner, Result

from feedsite.cli import main

from tests.site import INI, Site


class Shell:
    """Runs ``feedsite`` on the database of a site."""

    def __init__(self, site: Site) -> None:
        self._url = site.engine.url.render_as_string(hide_password=False)

    def __call__(self, *arguments: str, status: int = 0, stdin: str | None = None) -> Result:
        """Run a command, which must end with this exit status."""
        env = {"FEEDSITE_DATABASE_URL": self._url}
        result = CliRunner().invoke(main, ["-c", INI, *arguments], input=stdin, env=env, catch_exceptions=False)
        assert result.exit_code == status, result.output
        return result

    def refused(self, *arguments: str) -> str:
        """The one line that a refused command says."""
        result = self(*arguments, status=2)
        assert result.stdout == ""
        return result.stderr.removeprefix("Error: ").strip()
