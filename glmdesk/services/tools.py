"""The tools of the program: which there are, which are switched on, and what goes over the wire."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glmdesk.domain.budget import estimate_tokens
from glmdesk.domain.conversation import Setup
from glmdesk.domain.endpoint import DialectName
from glmdesk.domain.tools import Toolbox, ToolContext, ToolSpec
from glmdesk.services.settings import SettingsService

SERVICE = "service"
"""The origin of tools that run at the service."""
WEB_SEARCH = ToolSpec(
    "web_search", "Searches the web at the service.", origin=SERVICE, label_id="tool.web_search.label"
)
RUN_PYTHON = "run_python"
_NAME = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")  # glm-api.md §7
MOST_FUNCTIONS = 128
"""In one request (glm-api.md §2)."""
_SEARCHERS = (DialectName.BIGMODEL, DialectName.ZAI, DialectName.BIGMODEL_CODING, DialectName.ZAI_CODING)
_WEB_SEARCH: Mapping[str, Any] = {
    "type": "web_search",
    "web_search": {"enable": True, "search_engine": "search_std", "search_result": True},
}


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool as the lists show it. `tokens` is about what it costs in every request.

    `available` is False for a tool of the service where the endpoint has none: it is not sent.
    """

    spec: ToolSpec
    enabled: bool
    tokens: int
    available: bool = True


class ToolService:
    """All toolboxes as one list. A name that is taken is refused to the later toolbox.

    `hidden` folders are no tool's business.
    """

    def __init__(self, toolboxes: Sequence[Toolbox], settings: SettingsService, *, hidden: Sequence[Path] = ()) -> None:
        self._toolboxes = list(toolboxes)
        self._settings = settings
        self._hidden = tuple(hidden)

    def add(self, toolbox: Toolbox) -> None:
        """Another source of tools; announce `Changes(tools=True)` after it."""
        self._toolboxes.append(toolbox)

    def _found(self) -> dict[str, tuple[ToolSpec, Toolbox]]:
        found: dict[str, tuple[ToolSpec, Toolbox]] = {}
        for toolbox in self._toolboxes:
            for spec in toolbox.specs():
                if _NAME.match(spec.name) and spec.name != WEB_SEARCH.name:
                    found.setdefault(spec.name, (spec, toolbox))
        if not self._settings.value.python_tool:
            found.pop(RUN_PYTHON, None)
        return found

    def specs(self) -> tuple[ToolSpec, ...]:
        """Every tool that can be switched on, in a fixed order; the search of the service is the last one."""
        return (*(spec for spec, _ in self._found().values()), WEB_SEARCH)

    def enabled(self, setup: Setup) -> frozenset[str]:
        """Names of the tools that a conversation sends: those that are switched on, unless all are left out."""
        return frozenset() if "tools" in setup.left_out else self._switched_on(setup)

    def _switched_on(self, setup: Setup) -> frozenset[str]:
        return frozenset(self._settings.value.tools if setup.tools is None else setup.tools)

    def rows(self, setup: Setup, dialect: DialectName | None) -> list[ToolRow]:
        """The tools for a list with switches, at an endpoint of that dialect."""
        on = self._switched_on(setup)
        return [
            ToolRow(spec, spec.name in on, token_cost(spec), spec.origin != SERVICE or dialect in _SEARCHERS)
            for spec in self.specs()
        ]

    def offered(self, setup: Setup) -> tuple[ToolSpec, ...]:
        """The functions that a request of the conversation offers, always in the same order."""
        on = self.enabled(setup) - {WEB_SEARCH.name}
        if not on:  # nothing of the tools is loaded for a chat without them
            return ()
        return tuple(spec for spec, _ in self._found().values() if spec.name in on)[:MOST_FUNCTIONS]

    def count(self, setup: Setup, dialect: DialectName | None) -> int:
        """How many tools a conversation sends, the search of the service among them."""
        return len(self.offered(setup)) + len(self.server_tools(setup, dialect))

    def server_tools(self, setup: Setup, dialect: DialectName | None) -> tuple[Mapping[str, Any], ...]:
        """The tools that the service runs, as they go over the wire."""
        wanted = WEB_SEARCH.name in self.enabled(setup) and dialect in _SEARCHERS
        return (_WEB_SEARCH,) if wanted else ()

    def toolbox(self, spec: ToolSpec) -> Toolbox | None:
        """Who runs exactly this tool; None when it is gone or is not the same any more."""
        known, toolbox = self._found().get(spec.name, (None, None))
        return toolbox if known is not None and known.digest == spec.digest and known.origin == spec.origin else None

    def context(self, conversation_id: str, setup: Setup) -> ToolContext:
        """Where the calls of a conversation happen."""
        folder = setup.workspace or self._settings.value.workspace
        return ToolContext(conversation_id, Path(folder) if folder else None, self._hidden)


def token_cost(spec: ToolSpec) -> int:
    """About how many tokens a tool adds to every request."""
    if spec.origin == SERVICE:
        return 0
    return estimate_tokens(json.dumps([spec.name, spec.description, spec.parameters], ensure_ascii=False, default=str))
