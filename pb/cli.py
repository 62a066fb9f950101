"""The command line: ``python3 -m pb COMMAND``. Each command is loaded only when it is called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "demo": "pb.demo.cli:demo_command",
    "test": "pb.commands:test_command",
    "serve": "pb.commands:serve_command",
    "init": "pb.commands:init_command",
    "worker": "pb.commands:worker_command",
    "migrate": "pb.commands:migrate_command",
    "witness": "pb.record.witness_cli:witness_command",
    "backup": "pb.backup_cli:backup_command",
    "restore": "pb.backup_cli:restore_command",
    "import": "pb.results.import_cli:import_command",
    "bundle": "pb.results.bundle_cli:bundle_command",
    "count": "pb.results.cli:count_command",
    "draw": "deliberation.panels.cli:draw_command",
    "seat": "deliberation.panels.seat_cli:seat_command",
    "messages": "pb.commands:messages_command",
}
"""Each command and where it is; the help shows them in this order."""


class Lazy(click.Group):
    """Loads a command's module when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """An app with which a town decides together."""
