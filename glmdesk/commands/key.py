"""`glmdesk key print ENDPOINT`: the one way a key leaves the keyring, on the user's word only."""

from __future__ import annotations

import argparse
import asyncio
import sys

from glmdesk.commands.ask import sentence
from glmdesk.commands.usage import UsageError
from glmdesk.domain.errors import Action, ErrorInfo, SecretError, UserError
from glmdesk.domain.messages import Catalogue
from glmdesk.domain.secret import Secret
from glmdesk.domain.settings import Language, Settings
from glmdesk.store.files import find_profile
from glmdesk.store.preferences import Preferences
from glmdesk.store.secrets import KeyringStore


def run(options: argparse.Namespace) -> int:
    """Prints the key and nothing else. 2: no such endpoint, 3: no key or no keyring."""
    try:
        settings = Preferences(find_profile(None).settings).load()
        print(asyncio.run(_key(settings, options.endpoint)).reveal())
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except UserError as error:
        print(sentence(error.info), file=sys.stderr)
        return 3 if isinstance(error, SecretError) else 2
    return 0


async def _key(settings: Settings, endpoint_id: str) -> Secret:
    endpoint = next((e for e in settings.endpoints if e.id == endpoint_id), None)
    if endpoint is None:
        known = ", ".join(e.id for e in settings.endpoints)
        raise UsageError(Catalogue.load(Language.SYSTEM).text("cli.key.unknown", id=endpoint_id, known=known))
    key = await KeyringStore().get(endpoint.secret_name)
    if key is None:
        raise SecretError(ErrorInfo("no_key", {"endpoint": endpoint.name}, action=Action.OPEN_KEYS))
    return key
