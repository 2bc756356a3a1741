"""Addresses of the program: `glmdesk://chat?model=…&q=…` puts words into the composer. They never send."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

SCHEME = "glmdesk"
# A web page writes these, not the user: what is longer than a person would put into an address is cut.
MAX_TEXT = 20_000
_MAX_ADDRESS = 200_000


@dataclass(frozen=True, slots=True)
class ChatLink:
    """`model` is '' where the address names none."""

    text: str
    model: str = ""


def parse_link(address: str) -> ChatLink | None:
    """What an address asks for; None for every other address, also one of a newer version."""
    if len(address) > _MAX_ADDRESS:
        return None
    try:
        parts = urlsplit(address)
        fields = parse_qs(parts.query, max_num_fields=20)
    except ValueError:  # a broken bracket in the host, too many fields
        return None
    if (parts.scheme, parts.netloc) != (SCHEME, "chat") or parts.path not in ("", "/"):
        return None
    return ChatLink(fields.get("q", [""])[0][:MAX_TEXT], fields.get("model", [""])[0])
