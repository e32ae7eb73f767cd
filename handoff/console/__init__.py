"""The console: where agents and supervisors work (NiceGUI, ``python -m handoff.console``)."""
