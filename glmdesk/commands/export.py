"""`glmdesk export`: the stored conversations on stdout."""

from __future__ import annotations

import argparse
import asyncio
import sys

from glmdesk.commands.ask import sentence
from glmdesk.compose import compose
from glmdesk.domain.errors import UserError
from glmdesk.store.files import find_profile


def run(options: argparse.Namespace) -> int:
    """0 printed, 3 the database cannot be read."""
    del options  # JSON and everything: the only choices so far
    try:
        sys.stdout.write(asyncio.run(_export()))
    except UserError as error:
        print(sentence(error.info), file=sys.stderr)
        return 3
    return 0


async def _export() -> str:
    program = await compose(find_profile(None), beside=True)
    try:
        return await program.desk.history.export_json()
    finally:
        await program.close()
