"""``python -m actions``: serves the actions on LIFELINE_ACTIONS_HOST and LIFELINE_ACTIONS_PORT."""

from actions.server import serve

if __name__ == "__main__":
    serve()
