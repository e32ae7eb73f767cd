"""Rasa components, one a module, and what they are made of (modules without a Rasa import)."""
