"""Rasa's action endpoint in this process: the same calls and answers as over HTTP, without the HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action, ActionExecutionRejection, ActionNotFoundException


class InProcessActionEndpoint(EndpointConfig):  # type: ignore[misc]  # rasa has no annotations
    """Runs actions where `rasa run` would call an action server; refusals arrive as its HTTP statuses would."""

    def __init__(self, actions: Iterable[Action]) -> None:
        # Selective domain: no action of ours reads the domain, and copying it takes milliseconds a call.
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)

    async def request(self, *args: Any, json: dict[str, Any], **kwargs: Any) -> Any:
        """Run `json["next_action"]`; `{"events": …, "responses": …}` as an action server answers."""
        return await self._answer(json)

    async def _answer(self, call: dict[str, Any]) -> Any:
        try:
            answer = await self._executor.run(call)
        except ActionExecutionRejection as refusal:
            body = json.dumps({"error": str(refusal), "action_name": refusal.action_name})
            raise ClientResponseError(400, "rejected", body) from refusal
        except ActionNotFoundException as missing:
            body = json.dumps({"error": str(missing), "action_name": missing.action_name})
            raise ClientResponseError(404, "not found", body) from missing
        # Through JSON, so that nothing passes here that would not pass over HTTP.
        return json.loads(json.dumps(answer))


def compile_action_validator() -> None:
    """Check actions' answers with a validator made once.

    Works round rasa/core/actions/action.py, `RemoteAction._validate_action_result` (3.6.21), which has
    `jsonschema.validate` check the schema itself again on every call: 16 to 20 ms of processor time.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate
