"""What the encoder is trained for: messages of one intent and of one FAQ topic lie together.

Two cosine classifiers (one over intents, one over topics) stand on the embedding while it trains and are thrown away
afterwards: they leave an embedding whose nearest neighbours are of the same topic, in whatever language. The margin
softmax is that of CosFace (Wang et al., 2018).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from torch.nn import functional

#: Columns of a label row: intent, first topic, second topic, then topics that would also be right; -1 for none.
LABEL_WIDTH = 7
_SCALE = 20.0
_MARGIN = 0.15
#: A message's second topic counts this much beside its first.
_SECOND = 0.3
#: The FAQ topic is the finer and the harder task.
_TOPIC_WEIGHT = 1.0


class IntentAndTopicLoss(nn.Module):
    """Cross-entropy of both cosine classifiers; a topic that would also be right is no negative."""

    def __init__(self, model: SentenceTransformer, intents: int, topics: int) -> None:
        super().__init__()
        self.model = model
        width = int(model.get_embedding_dimension() or 0)
        self.intents = nn.Parameter(functional.normalize(torch.randn(intents, width), dim=1))
        self.topics = nn.Parameter(functional.normalize(torch.randn(topics, width), dim=1))

    @torch.no_grad()
    def centre_on(self, vectors: Tensor, labels: Tensor) -> None:
        """Puts each class's centre at the mean of its texts: ``vectors`` (n, width), ``labels`` (n, LABEL_WIDTH)."""
        for centres, column in ((self.intents, labels[:, 0]), (self.topics, labels[:, 1])):
            for number in set(column.tolist()):
                centres[number] = functional.normalize(vectors[column == number].mean(dim=0), dim=0)

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor) -> Tensor:
        """Returns the mean loss of a batch; ``labels`` is int64 (n, LABEL_WIDTH)."""
        (features,) = sentence_features
        vectors = functional.normalize(self.model(features)["sentence_embedding"], dim=1)
        intent = functional.cross_entropy(self._logits(vectors, self.intents, labels[:, :1]), labels[:, 0])
        logits = self._logits(vectors, self.topics, labels[:, 1:2])
        others = labels[:, 2:]
        rows = torch.arange(len(labels)).unsqueeze(1).expand_as(others)[others >= 0]
        logits[rows, others[others >= 0]] = torch.finfo(logits.dtype).min
        topic = functional.cross_entropy(logits, labels[:, 1])
        second = labels[:, 2] >= 0
        if second.any():
            again = self._logits(vectors[second], self.topics, labels[second, 2:3])
            again[torch.arange(len(again)), labels[second, 1]] = torch.finfo(again.dtype).min
            topic = topic + _SECOND * second.float().mean() * functional.cross_entropy(again, labels[second, 2])
        return intent + _TOPIC_WEIGHT * topic

    @staticmethod
    def _logits(vectors: Tensor, centres: Tensor, right: Tensor) -> Tensor:
        cosine = vectors @ functional.normalize(centres, dim=1).T
        margin = torch.zeros_like(cosine).scatter_(1, right, _MARGIN)
        return (cosine - margin) * _SCALE
