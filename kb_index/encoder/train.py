"""Trains the encoder's adapter on the project's messages and question variants: ``python -m kb_index.encoder.train``.

The base stays as it is; LoRA matrices (about 5 MB) are learned beside its layers and kept in
``models/encoder-adapter``. This takes a while on a CPU and is seldom needed: everything else trains from the kept
adapter. ``--more`` goes on from that adapter, for data that were added since: an epoch or two instead of three from
the base. The result follows from the data, the seed and the adapter it starts from (up to floating-point order on
another machine).
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from datasets import Dataset
from peft import LoraConfig, TaskType
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.base.sampler import DefaultBatchSampler

from kb_index.encoder.base import ADAPTER, PREFIX, base_model
from kb_index.encoder.examples import Example, labelled, load_examples
from kb_index.encoder.objective import IntentAndTopicLoss

log = logging.getLogger(__name__)

RANK = 32
BATCH = 32
EPOCHS = 3
LEARNING_RATE = 6e-4
SEED = 20261122
#: Going on from a trained adapter, the classifiers start at the means of so many texts a class.
_TEXTS_A_CENTRE = 24


class SimilarLengths(DefaultBatchSampler):
    """Batches of texts of similar length, in random order: less padding to compute."""

    def __init__(self, dataset: Dataset, *, batch_size: int, **kwargs: Any) -> None:
        self._lengths = [len(text) for text in dataset["text"]]
        self._size = batch_size
        self._rng = random.Random(SEED)  # noqa: S311  an order, no secret
        super().__init__(dataset, batch_size=batch_size, **kwargs)

    def __iter__(self) -> Iterator[list[int]]:
        order = sorted(range(len(self._lengths)), key=lambda i: self._lengths[i] * self._rng.uniform(0.7, 1.3))
        batches = [order[i : i + self._size] for i in range(0, len(order), self._size)]
        self._rng.shuffle(batches)
        yield from batches

    def __len__(self) -> int:
        return math.ceil(len(self._lengths) / self._size)


def train(
    examples: Sequence[Example],
    adapter: Path,
    *,
    start: Path | None = None,
    epochs: float = EPOCHS,
    learning_rate: float = LEARNING_RATE,
    rank: int = RANK,
) -> SentenceTransformer:
    """Trains LoRA matrices on ``examples`` and saves them (fp16, safetensors) to the folder ``adapter``.

    Args:
        examples: what to learn from.
        adapter: the folder to write.
        start: an adapter to go on from (its rank holds); without it, new matrices.
        epochs: times that every example is seen.
        learning_rate: of AdamW, at the end of the warm-up.
        rank: of new matrices.
    """
    model = base_model()
    if start:
        cast(Any, model[0].model).load_adapter(str(start), is_trainable=True)
    else:
        model.add_adapter(
            LoraConfig(
                task_type=TaskType.FEATURE_EXTRACTION,
                r=rank,
                lora_alpha=2 * rank,
                lora_dropout=0.05,
                target_modules=["query", "key", "value", "dense"],
            )
        )
    rows, intents, topics = labelled(examples)
    dataset = Dataset.from_dict({"text": [PREFIX + e.text for e in examples], "label": rows})
    with tempfile.TemporaryDirectory() as scratch:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=epochs,
            per_device_train_batch_size=BATCH,
            learning_rate=learning_rate,
            warmup_steps=0.1,
            lr_scheduler_type="linear",
            batch_sampler=SimilarLengths,
            seed=SEED,
            use_cpu=not torch.cuda.is_available(),
            bf16=True,  # 5.4 s instead of 14.9 s a step on a busy CPU with AVX-512 BF16
            save_strategy="no",
            report_to="none",
            logging_steps=25,
        )
        loss = IntentAndTopicLoss(model, len(intents), len(topics))
        if start:
            some = _some_of_each(rows)
            vectors = model.encode([PREFIX + examples[i].text for i in some], convert_to_tensor=True)
            loss.centre_on(vectors, torch.tensor([rows[i] for i in some]))
        SentenceTransformerTrainer(model=model, args=arguments, train_dataset=dataset, loss=loss).train()
    save_adapter(model, adapter)
    return model


def _some_of_each(rows: Sequence[Sequence[int]]) -> list[int]:
    """Numbers of up to _TEXTS_A_CENTRE rows for each pair of intent and first topic."""
    taken: Counter[tuple[int, int]] = Counter()
    some = []
    for i in random.Random(SEED).sample(range(len(rows)), len(rows)):  # noqa: S311  an order, no secret
        pair = (rows[i][0], rows[i][1])
        if taken[pair] < _TEXTS_A_CENTRE:
            taken[pair] += 1
            some.append(i)
    return some


def save_adapter(model: SentenceTransformer, folder: Path) -> None:
    """Keeps only the LoRA matrices, in fp16."""
    folder.mkdir(parents=True, exist_ok=True)
    inner = cast(Any, model[0].model)
    state = {name: value.half() for name, value in inner.get_adapter_state_dict().items()}
    inner.save_pretrained(folder, state_dict=state)
    # peft notes where the base was read from: a temporary folder that says nothing to anybody.
    about = folder / "adapter_config.json"
    document = {**json.loads(about.read_text("utf-8")), "base_model_name_or_path": "multilingual-e5-small"}
    about.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER)
    parser.add_argument("--more", action="store_true", help="go on from the kept adapter instead of the base")
    parser.add_argument("--epochs", type=float, default=EPOCHS)
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument("--rank", type=int, default=RANK)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    examples = load_examples(Path("nlu_data"), Path("kb_index/articles"))
    log.info("training on %d messages and questions", len(examples))
    train(
        examples,
        arguments.out,
        start=ADAPTER if arguments.more else None,
        epochs=arguments.epochs,
        learning_rate=arguments.learning_rate,
        rank=arguments.rank,
    )


if __name__ == "__main__":
    main()
