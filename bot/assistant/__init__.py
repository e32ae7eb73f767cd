"""The Rasa side of the assistant; it runs in its own environment (Python 3.10)."""
