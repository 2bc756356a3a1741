"""Secrets in the config of an MCP server: found, moved to the keyring, and named where they stood.

A config comes from anywhere. A name in it stands for a secret only when that secret is this server's own: the key of an
endpoint, the token of another server or a login are nothing that a text could ask for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from glmdesk.domain.servers import ServerConfig

_REFERENCE = re.compile(r"\$\{keyring:([^${}]+)\}")
_SECRET_NAME = re.compile(r"key|token|secret|pass|auth|cred|pwd|cookie|session|dsn|connection", re.IGNORECASE)
_SECRET_FIELDS = {"ak", "sk", "sig", "sign", "signature", "code", "pat"}  # of an address, where short names are usual
# Switches, numbers, one short word, folders, locales: everything else may be a secret.
_HARMLESS = re.compile(
    r"|true|false|\d{1,6}(\.\d+)?|[A-Za-z]{1,12}|[~/.][\w./~ -]*|[A-Za-z]:\\[\w\\. -]*|[a-z]{2}_[A-Z]{2}(\.UTF-8)?"
)
_VARIABLE = re.compile(r"\$\w+|\$\{\w+\}|%\w+%")
# What services give away as keys, and long random words.
_KEY = re.compile(
    r"sk-[\w-]{8,}|gh[opsur]_\w{16,}|github_pat_\w{16,}|xox[abeprs]-[\w-]{10,}|glpat-[\w-]{10,}|AKIA[0-9A-Z]{12,}"
    r"|eyJ[\w-]+\.[\w-]+\.[\w-]*|\b[0-9a-f]{32,}(\.\w{16})?\b"
    r"|\b(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{24,}\b"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ASSIGNED = re.compile(r"(-{0,2}([\w.-]+)=)(.+)", re.DOTALL)
_HEADER = re.compile(r"(([\w-]+):[ \t]*)(.+)", re.DOTALL)
_SWITCH = re.compile(r"--?([A-Za-z][\w-]*)")
_USER = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#@:]*:)([^/?#@]+)(?=@)", re.IGNORECASE)
_FIELD = re.compile(r"(?<=[?&])([^&=#]+)=([^&#]*)")
_NOT_IN_NAMES = re.compile(r"[^\w.-]")
_KINDS = ("env", "header", "url", "arg")


def is_secret_name(name: str) -> bool:
    """Whether what has this name is to be kept from sight."""
    return bool(_SECRET_NAME.search(name))


def looks_secret(name: str, value: str) -> bool:
    """Whether a value belongs into the keyring: by its name, or because it is not plainly harmless."""
    return bool(value) and (is_secret_name(name) or not _HARMLESS.fullmatch(value))


def reference(name: str) -> str:
    """The text that stands for a secret in a config."""
    return f"${{keyring:{name}}}"


def has_reference(text: str) -> bool:
    """Whether a value stands for one in the keyring."""
    return bool(_REFERENCE.search(text))


def references(config: ServerConfig) -> frozenset[str]:
    """Names of the server's secrets that its config refers to."""
    texts = (*config.args, *config.env.values(), *config.headers.values(), config.url)
    return frozenset(name for text in texts for name in _owned(config.id, text))


def _owned(server_id: str, text: str) -> list[str]:
    heads = tuple(f"mcp:{server_id}:{kind}-" for kind in _KINDS)
    return [name for name in _REFERENCE.findall(text) if name.startswith(heads)]


def name_references(config: ServerConfig, text: str, word: str) -> str:
    """`text` of the config with `word` in the place of each of its references, for the eye."""
    for name in _owned(config.id, text):
        text = text.replace(reference(name), word)
    return text


def fill_references(text: str, secrets: Mapping[str, str]) -> str:
    """`text` with its references replaced. Raises KeyError with the name of one that is not in `secrets`."""
    return _REFERENCE.sub(lambda found: secrets[found[1]], text)


def hide_secrets(config: ServerConfig, plain: Collection[str]) -> tuple[ServerConfig, dict[str, str]]:
    """The config with references in the place of its secrets, and the secrets by name.

    `plain` names variables and headers that may stay as they are. In arguments and in the address a secret is known by
    its name or by its looks.
    """
    hider = _Hider(config)
    env = {name: value if name in plain else hider.hide("env", name, value) for name, value in config.env.items()}
    headers = {n: value if n in plain else hider.hide("header", n, value) for n, value in config.headers.items()}
    words = ("", *config.args)
    args = tuple(hider.argument(before, word) for before, word in zip(words, config.args, strict=False))
    return replace(config, env=env, headers=headers, url=hider.address("url", config.url), args=args), hider.taken


class _Hider:
    """`taken` are the secrets by the names that they have got."""

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._known = references(config)
        self.taken: dict[str, str] = {}

    def hide(self, kind: str, name: str, value: str) -> str:
        """The reference that stands for a value from now on."""
        if not value or _owned(self._config.id, value):
            return value
        base = key = f"mcp:{self._config.id}:{kind}-{_NOT_IN_NAMES.sub('_', name)}"
        number = 1
        while key in self.taken or (kind == "arg" and key in self._known):
            number += 1
            key = f"{base}-{number}"
        self.taken[key] = value
        return reference(key)

    def argument(self, before: str, word: str) -> str:
        """A word of a command line, after the one `before` it."""
        if _ADDRESS.match(word):
            return self.address("arg", word)
        for pattern in (_ASSIGNED, _HEADER):
            found = pattern.fullmatch(word)
            if found and is_secret_name(found[2]) and not _VARIABLE.fullmatch(found[3]):
                return found[1] + self.hide("arg", found[2], found[3])
        switch = _SWITCH.fullmatch(before)
        if switch and not word.startswith("-") and is_secret_name(switch[1]) and not _HARMLESS.fullmatch(word):
            return word if _VARIABLE.fullmatch(word) else self.hide("arg", switch[1], word)
        return word if _HARMLESS.fullmatch(word) else self._keys("arg", word)

    def address(self, kind: str, url: str) -> str:
        """A password, fields with secret names, and whatever looks like a key."""
        base, mark, query = url.partition("?")
        base = _USER.sub(lambda found: found[1] + self.hide(kind, "password", found[2]), base)
        query = _FIELD.sub(lambda found: self._field(kind, found), mark + query)
        return self._keys(kind, base) + query

    def _field(self, kind: str, found: re.Match[str]) -> str:
        name, value = found[1], found[2]
        if is_secret_name(name) or name.lower() in _SECRET_FIELDS:
            return f"{name}={self.hide(kind, name, value)}"
        return f"{name}={self._keys(kind, value)}"

    def _keys(self, kind: str, text: str) -> str:
        if _owned(self._config.id, text):
            return text
        return _KEY.sub(lambda found: self.hide(kind, "key", found[0]), text)
