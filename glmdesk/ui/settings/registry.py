"""The settings pages, in the order of the list."""

from __future__ import annotations

from glmdesk.ui.settings.about import AboutSection
from glmdesk.ui.settings.agents import AgentsSection
from glmdesk.ui.settings.chat import ChatSection
from glmdesk.ui.settings.data import DataSection
from glmdesk.ui.settings.endpoints import EndpointsSection
from glmdesk.ui.settings.general import GeneralSection
from glmdesk.ui.settings.models import ModelsSection
from glmdesk.ui.settings.network import NetworkSection
from glmdesk.ui.settings.section import Section
from glmdesk.ui.settings.servers import ServersSection
from glmdesk.ui.settings.shortcuts import ShortcutsSection
from glmdesk.ui.settings.tools import ToolsSection

# id, icon, page
SECTIONS: tuple[tuple[str, str, type[Section]], ...] = (
    ("general", "monitor", GeneralSection),
    ("endpoints", "key", EndpointsSection),
    ("network", "globe", NetworkSection),
    ("servers", "server", ServersSection),
    ("agents", "terminal", AgentsSection),
    ("models", "assistant", ModelsSection),
    ("chat", "edit", ChatSection),
    ("tools", "tool", ToolsSection),
    ("shortcuts", "keyboard", ShortcutsSection),
    ("data", "database", DataSection),
    ("about", "info", AboutSection),
)
