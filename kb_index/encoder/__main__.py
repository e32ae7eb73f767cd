"""``python -m kb_index.encoder``: base + kept adapter -> ``models/encoder``, ready to serve."""

import logging
from pathlib import Path

from peft import PeftModel

from kb_index.encoder.base import base_model, prefix
from kb_index.encoder.export import export, fingerprint

ADAPTER = Path("models/encoder-adapter")
ENCODER = Path("models/encoder")


def main() -> None:
    """Merges the adapter's matrices into the base and exports the result; without an adapter, the base alone."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("kb_index").setLevel(logging.INFO)
    model = base_model()
    weights = ADAPTER / "adapter_model.safetensors"
    parts = ["base"]
    if weights.exists():
        merged = PeftModel.from_pretrained(model[0].model, str(ADAPTER)).merge_and_unload()
        model[0].model = merged
        parts.append(fingerprint([weights.read_bytes().hex()]))
    export(model, ENCODER, prefix=prefix(), build=fingerprint(parts))


if __name__ == "__main__":
    main()
