"""Every action, by name; `rasa run actions` finds the same ones by scanning this package."""

from __future__ import annotations

from actions.answer import ActionAnswer, ActionRepeat, ActionTellMeMore
from actions.base import Action, Services
from actions.booking import (
    ActionAskConfirmation,
    ActionAskSession,
    ActionBook,
    ActionListSessions,
    ValidateBookingForm,
)
from actions.cancellation import (
    ActionAskCancellationConsent,
    ActionAskCode,
    ActionCancel,
    ValidateCancellationForm,
)
from actions.erasure import ActionErase, ValidateErasureForm
from actions.flow import ActionAcknowledge, ActionBegin, ActionStop, ActionSwitchLanguage

ACTIONS: tuple[type[Action], ...] = (
    ActionAcknowledge,
    ActionAnswer,
    ActionAskCancellationConsent,
    ActionAskCode,
    ActionAskConfirmation,
    ActionAskSession,
    ActionBegin,
    ActionBook,
    ActionCancel,
    ActionErase,
    ActionListSessions,
    ActionRepeat,
    ActionStop,
    ActionSwitchLanguage,
    ActionTellMeMore,
    ValidateBookingForm,
    ValidateCancellationForm,
    ValidateErasureForm,
)


def all_actions(services: Services) -> list[Action]:
    """Every action, working with `services`."""
    return [action(services) for action in ACTIONS]
