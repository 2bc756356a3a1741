"""The services as one value, handed to the window and to the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glmdesk.services.approvals import ApprovalService
from glmdesk.services.chat import ChatService
from glmdesk.services.demo import DemoService
from glmdesk.services.endpoints import EndpointService
from glmdesk.services.files import FileService
from glmdesk.services.formulas import FormulaService
from glmdesk.services.history import HistoryService
from glmdesk.services.later import Later
from glmdesk.services.models import ModelService
from glmdesk.services.news import News
from glmdesk.services.rescue import Rescue
from glmdesk.services.safekeeping import Safekeeping
from glmdesk.services.servers import ServerService
from glmdesk.services.settings import SettingsService
from glmdesk.services.spending import SpendingService
from glmdesk.services.templates import TemplateService
from glmdesk.services.tools import ToolService
from glmdesk.services.turns import TurnService
from glmdesk.services.window import WindowService

if TYPE_CHECKING:
    from glmdesk.services.connect import ConnectService
    from glmdesk.services.inspecting import InspectionService
    from glmdesk.services.lab import LabService
    from glmdesk.services.structured import StructuredService


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything `ui/` may call; what has a page of its own is made when that opens.

    `data_dir` is shown on the data page; `safe_mode`: start as little as possible.
    """

    chat: ChatService
    turns: TurnService
    window: WindowService
    history: HistoryService
    templates: TemplateService
    settings: SettingsService
    formulas: FormulaService
    files: FileService
    endpoints: EndpointService
    models: ModelService
    tools: ToolService
    approvals: ApprovalService
    servers: ServerService
    later_connect: Later[ConnectService]
    spending: SpendingService
    later_structured: Later[StructuredService]
    later_lab: Later[LabService]
    later_inspecting: Later[InspectionService]
    demo: DemoService
    safekeeping: Safekeeping
    rescue: Rescue
    news: News
    data_dir: Path
    safe_mode: bool = False

    @property
    def connect(self) -> ConnectService:
        return self.later_connect.get()

    @property
    def structured(self) -> StructuredService:
        return self.later_structured.get()

    @property
    def lab(self) -> LabService:
        return self.later_lab.get()

    @property
    def inspecting(self) -> InspectionService:
        return self.later_inspecting.get()
