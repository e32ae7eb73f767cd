"""The sentence encoder: its base, its training and its export. Only `make train` imports this; servers do not."""
