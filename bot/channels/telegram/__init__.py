"""The Telegram channel: updates in by long polling or webhook, messages out, one gateway at a time."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
