"""Rasa's message processor (3.6.21), relieved of work that changes no reply: half of a turn's time outside the NLU.

What a turn is and does stays Rasa's. Left out are a scheduler for graphs whose order never changes (dask), deep copies
made for debug messages that nobody prints, a replay of the whole conversation before each action, and the search
through all rules for one that names the typed text, of which there is none.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecutionRejected, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from failures import where

log = logging.getLogger(__name__)


class PlainGraphRunner(DaskGraphRunner):  # type: ignore[misc]  # rasa has no annotations
    """Runs the nodes that lead to a target one after the other, in an order that is found once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._orders: dict[str, tuple[tuple[str, GraphNode, tuple[str, ...]], ...]] = {}
        for node in self._instantiated_nodes.values():
            if isinstance(node._component, RulePolicy):
                _seek_few_rules(node._component)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The output of each target; nodes and inputs are those of the graph's schema."""
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        wanted = targets or self._graph_schema.target_names
        for target in wanted:
            for name, node, needs in self._order(target):
                if name not in done:
                    done[name] = node(*[done[need] for need in needs])
        return {target: done[target][1] for target in wanted}

    def _order(self, target: str) -> tuple[tuple[str, GraphNode, tuple[str, ...]], ...]:
        if target not in self._orders:
            schema = self._graph_schema.minimal_graph_schema([target])
            # Listed from the target back, and so, read from the end, each node comes after what it needs.
            names = dict.fromkeys(reversed(self._graph_schema._all_dependencies_schema([target])))
            self._orders[target] = tuple(
                (name, self._instantiated_nodes[name], tuple(schema.nodes[name].needs.values()))
                for name in names
                if name in schema.nodes
            )
        return self._orders[target]


def _seek_few_rules(policy: RulePolicy) -> None:
    """Seek rules by intent alone, where no rule names a text that was typed, and only among those that can apply."""
    if any(
        TEXT in state.get(USER, {})
        for key in policy.lookup[RULES]
        for state in policy._rule_key_to_state(key)
    ):
        return
    find, possible = policy._find_action_from_rules, policy._get_possible_keys
    ends: dict[tuple[Any, Any], dict[str, str]] = {}
    for key, action in policy.lookup[RULES].items():
        ends.setdefault(_end(policy._rule_key_to_state(key)[-1]), {})[key] = action

    def near(lookup: dict[str, str], states: list[State]) -> Any:
        """The rules that apply, sought among those that end in this intent and action, or leave either open."""
        if lookup is not policy.lookup[RULES] or not states:
            return possible(lookup, states)
        intent, action = _end(states[-1])
        pairs = {(intent, action), (intent, None), (None, action), (None, None)}
        return possible({key: name for pair in pairs for key, name in ends.get(pair, {}).items()}, states)

    def by_intent(tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input:
            return None, None, False
        return find(tracker, domain, False)

    policy._find_action_from_rules, policy._get_possible_keys = by_intent, near


def _end(state: State) -> tuple[Any, Any]:
    return state.get(USER, {}).get(INTENT), state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)


class Processor(MessageProcessor):  # type: ignore[misc]  # rasa has no annotations
    """Loads a model and handles messages as Rasa's own processor does."""

    @staticmethod
    def _load_model(model_path: Path) -> Any:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, PlainGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Every intent and entity here is the domain's own (`python -m bot check`); Rasa makes an empty domain to ask."""

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        action = self._get_action("action_extract_slots")
        events = await action.run(output_channel, self.nlg, tracker, self.domain)
        await self._send_bot_messages(events, tracker, output_channel)
        tracker.update_with_events(events, self.domain)
        return tracker

    async def _run_action(
        self,
        action: Any,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: Any,
    ) -> bool:
        name = action.name()
        try:
            # A copy is needed only where a form may refuse, which has to take the prediction's own events back.
            seen = tracker.copy() if tracker.active_loop_name and prediction.events else tracker
            seen.update_with_events(prediction.events, self.domain)
            events = await action.run(output_channel, nlg, seen, self.domain)
        except ActionExecutionRejection:
            tracker.update(ActionExecutionRejected(name, prediction.policy_name, prediction.max_confidence))
            return bool(self.should_predict_another_action(name))
        except Exception as error:
            # As Rasa does: the turn goes on, and without a reply it ends as a failed one.
            log.error("action %s failed in Rasa's hands: %s", name, where(error))
            events = []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            if seen is not tracker:
                tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)
        if any(isinstance(event, UserUttered) for event in events):
            tracker = await self.run_action_extract_slots(output_channel, tracker)
        if name != ACTION_LISTEN_NAME and not name.startswith(UTTER_PREFIX):
            self._log_slots(tracker)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(name))
