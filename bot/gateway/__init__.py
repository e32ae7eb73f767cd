"""The public process: sessions, the dispatch of every message to the assistant or to a person, and delivery."""
