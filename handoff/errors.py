"""Everything that the desk refuses or fails to do, one class a reason.

``code`` is stable: adapters map it to HTTP answers and to texts. The message is for operators and
engineers, says what to do where that is known, and never holds what a customer wrote.
"""

from __future__ import annotations


class HandoffError(Exception):
    """The root of the tree; ``code`` names the reason for programs."""

    code = "handoff_error"


class ConversationMissing(HandoffError):
    """No conversation has this id."""

    code = "conversation_missing"


class MessageMissing(HandoffError):
    """The conversation has no such customer message."""

    code = "message_missing"


class HandoffMissing(HandoffError):
    """No handoff has this id, or the conversation has none in the state that the call needs."""

    code = "handoff_missing"


class HandoffTaken(HandoffError):
    """Another agent has the handoff, or it is over."""

    code = "handoff_taken"


class NotYourConversation(HandoffError):
    """The agent does not own this conversation (any more)."""

    code = "not_yours"


class AssistantMuted(HandoffError):
    """An agent owns the conversation, so the assistant must be silent. Nothing was written."""

    code = "assistant_muted"


class AlreadyAnswered(HandoffError):
    """The customer's message was answered meanwhile, by an agent or by another gateway. Nothing was written."""

    code = "already_answered"


class StoreUnavailable(HandoffError):
    """The database did not answer, or not in time.

    Nothing was committed, unless the connection broke during the commit itself: what must not happen
    twice carries a ``client_id``.
    """

    code = "store_unavailable"


class SchemaMismatch(HandoffError):
    """The database was made by a newer or an older release of this program."""

    code = "schema_mismatch"


class SecretMissing(HandoffError):
    """There is no key to sign tokens with."""

    code = "secret_missing"


class WrongCredentials(HandoffError):
    """The username is unknown, the password is wrong, or the agent is inactive; which one is not told."""

    code = "wrong_credentials"


class TooManyAttempts(HandoffError):
    """Too many failed sign-ins for this username; ``retry_after_seconds`` says when the next is allowed."""

    code = "too_many_attempts"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class WeakPassword(HandoffError):
    """The new password is too short, the old one, or the username."""

    code = "weak_password"


class UsernameTaken(HandoffError):
    """Another agent signs in with this username."""

    code = "username_taken"


class AgentMissing(HandoffError):
    """No agent has this id."""

    code = "agent_missing"


class AgentInactive(HandoffError):
    """The agent was deactivated and can no longer take or answer conversations."""

    code = "agent_inactive"


class FileRefused(HandoffError):
    """A file is too large (``file_too_large``) or of a type that is not accepted (``file_type``)."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class FileMissing(HandoffError):
    """No such file, or it belongs to another conversation or message."""

    code = "file_missing"


class InvalidRating(HandoffError):
    """A rating is a whole number from 1 to 5."""

    code = "invalid_rating"
