"""How Rasa reads nlu_data: once a process, however often it asks. Reading tens of thousands of examples takes a minute.

``config.yml`` names it under ``importers``.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.training_data import TrainingData


class ReadOnceImporter(RasaFileImporter):  # type: ignore[misc]
    """Rasa's own file importer, but for the examples, which are kept."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of all files. Rasa copies them before it changes any."""
        return _examples(tuple(self._nlu_files), language or "en")


@lru_cache(maxsize=1)
def _examples(files: tuple[str, ...], language: str) -> TrainingData:
    return training_data_from_paths(files, language)
