"""What a link says and where it goes: which addresses may open, and which ones need a question first."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

Doubt = Literal["", "image", "host", "disguised"]
CHIP = "▣"  # begins the text of a link that stands for an image

_SCHEMES = ("http:", "https:", "mailto:")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_OVERRIDE = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
_HOST = r"(?:[^\s/@]*@)?([\w-]+(?:\.[\w-]+)+)"
_DOMAIN = re.compile(rf"(?i:(?:https?:)?//)?{_HOST}\.?(?:[:/?#].*)?", re.DOTALL)
_INNER = re.compile(rf"(?i:https?://|www\.){_HOST}")
_FILE = re.compile(r"[\w.-]+\.(?:c|cc|cpp|css|go|h|html?|java|js|json|md|php|pdf|py|rs|sh|toml|ts|txt|xml|ya?ml)")
_NUMBER = re.compile(r"\d+(?:\.\d+){1,2}")


def link_allowed(href: str) -> bool:
    """Only web and mail addresses may become links."""
    return href.lower().startswith(_SCHEMES)


def visible_direction(text: str, *, all_marks: bool = False) -> str:
    """Marks that turn the order of letters round, as words: what they hide is seen."""
    return (_DIRECTION if all_marks else _OVERRIDE).sub(lambda m: f"[U+{ord(m[0]):04X}]", text)


def _split(href: str) -> SplitResult | None:
    try:
        parts = urlsplit(href)
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_of(href: str) -> str:
    """The host as it is looked up (punycode), '' for mail and for broken addresses."""
    parts = _split(href)
    return (parts.hostname or "") if parts is not None and href.lower().startswith("http") else ""


def other_host(text: str, href: str) -> str:
    """The host (or mail address) a link really goes to, when its text names another one."""
    if href.lower().startswith("mailto:"):
        target = unquote(href[len("mailto:") :].split("?")[0])
        return target if "@" in text and text.strip().lower().removeprefix("mailto:") != target.lower() else ""
    host = host_of(href)
    named = _named_hosts(_UNSEEN.sub("", _DIRECTION.sub("", text)).strip())
    same = all(_bare(name) == _bare(host) for name in named)
    return "" if same or not host else host


def _named_hosts(text: str) -> list[str]:
    whole = _DOMAIN.fullmatch(text)
    if whole is not None:
        name = whole[1].lower()
        return [] if name == text.lower() and (_FILE.fullmatch(name) or _NUMBER.fullmatch(name)) else [name]
    return [match[1].lower() for match in _INNER.finditer(text)]


def _bare(host: str) -> str:
    return host.removeprefix("www.").rstrip(".")


def doubt(text: str, href: str) -> Doubt:
    """Why a click on a link asks first: it stands for an image, its text names another host, or its address or text is
    made to be misread (another name before an @, a host in another script, marks that turn letters round)."""
    if text.startswith(CHIP):
        return "image"
    if other_host(text, href):
        return "host"
    parts = _split(href)
    if parts is None or "\\" in href or (parts.scheme != "mailto" and "@" in parts.netloc):
        return "disguised"
    turned = _DIRECTION.search(text) or _UNSEEN.search(text) or "[U+" in text
    return "disguised" if turned or "xn--" in host_of(href) else ""
