"""What is in inside/ runs in the assistant's own environment: test_inside.py starts it there."""

from tests.assistant.live import chat, servers

__all__ = ["chat", "servers"]

collect_ignore = ["inside"]
