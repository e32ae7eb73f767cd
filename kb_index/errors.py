"""The errors of the knowledge base: one tree, each kind with a stable ``code``."""

from __future__ import annotations

from pathlib import Path


class KnowledgeBaseError(Exception):
    """Anything that the knowledge base refuses to do."""

    code = "knowledge_base_error"


class FileInvalid(KnowledgeBaseError):
    """A file that people write (an article, training messages) cannot be read as what it should be.

    Attributes:
        path: the file.
        line: the line, counted from 1.
        problem: what is wrong and what to do about it.
    """

    code = "file_invalid"

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class ArticleInvalid(FileInvalid):
    """An article's front matter or body is not as README's "Writing articles" wants it."""

    code = "article_invalid"


class TrainingMessagesInvalid(FileInvalid):
    """A file under nlu_data/ is not of the shape that this project uses."""

    code = "training_messages_invalid"


class ErrorCodesInvalid(FileInvalid):
    """A file of kb_index/error_codes/ cannot be read as what it should be."""

    code = "error_codes_invalid"


class EncoderUnavailable(KnowledgeBaseError):
    """The encoder's folder is missing or incomplete."""

    code = "encoder_unavailable"


class IndexUnavailable(KnowledgeBaseError):
    """There is no index build that can be served."""

    code = "index_unavailable"
