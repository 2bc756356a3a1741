"""Whether a request fits the window of its model."""

from __future__ import annotations

from collections.abc import Sequence

from glmdesk.domain.budget import MESSAGE_OVERHEAD, TOOLS_OVERHEAD, estimate_long
from glmdesk.domain.endpoint import Endpoint
from glmdesk.domain.errors import Action, ErrorInfo, UserError
from glmdesk.domain.request import ChatRequest
from glmdesk.domain.tools import ToolSpec
from glmdesk.services.models import ModelService
from glmdesk.services.scales import TokenScales
from glmdesk.services.tools import token_cost

_LEEWAY = 1.1


class Room:
    """Is asked before every request of a chat, the later ones of a tool loop as well."""

    def __init__(self, models: ModelService, scales: TokenScales) -> None:
        self._models = models
        self._scales = scales

    def check(self, request: ChatRequest, endpoint: Endpoint, *, action: Action = Action.TRIM) -> None:
        """Raises UserError when the input with the longest answer is over the model's window; `action` may help then.

        The estimate is off by 8 to 18 % (domain/budget.py): what is over by less is left to the service to count.
        """
        most, window = request.parameters.max_tokens or 0, self._models.get(request.model).window
        used = round(estimate_request(request) * self._scales.of(endpoint.id, request.model))
        if used + most > _LEEWAY * window:
            numbers = {"used": f"{used:,}", "most": f"{most:,}", "window": f"{window:,}"}
            raise UserError(ErrorInfo("over_window" if most else "over_window_alone", numbers, action=action))


def estimate_request(request: ChatRequest) -> int:
    """About how many tokens a request has, without the answer."""
    words = sum(estimate_long(message.content) + estimate_long(message.reasoning) for message in request.messages)
    return words + MESSAGE_OVERHEAD * len(request.messages) + estimate_tools(request.tools)


def estimate_tools(tools: Sequence[ToolSpec]) -> int:
    """About how many tokens the tools take in a request."""
    return sum(token_cost(spec) for spec in tools) + (TOOLS_OVERHEAD if tools else 0)
