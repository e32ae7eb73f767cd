"""``python -m kb_index.encoder``: base + kept adapter -> ``models/encoder``, ready to serve."""

import argparse
import logging
from pathlib import Path

from peft import PeftModel

from kb_index.encoder.base import ADAPTER, PREFIX, base_model
from kb_index.encoder.export import FORMAT, export, fingerprint

ENCODER = Path("models/encoder")


def main() -> None:
    """Merges the adapter's matrices into the base and exports the result; without an adapter, the base alone."""
    parser = argparse.ArgumentParser(prog="python -m kb_index.encoder", description=__doc__)
    parser.add_argument("--out", type=Path, default=ENCODER, help="folder to write (%(default)s)")
    parser.add_argument("--untrained", action="store_true", help="leave the adapter out, for a comparison")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("kb_index").setLevel(logging.INFO)
    model = base_model()
    weights = ADAPTER / "adapter_model.safetensors"
    parts = ["base", str(FORMAT)]
    if weights.exists() and not options.untrained:
        merged = PeftModel.from_pretrained(model[0].model, str(ADAPTER)).merge_and_unload()
        model[0].model = merged
        parts.append(fingerprint([weights.read_bytes().hex()]))
    export(model, options.out, prefix=PREFIX, build=fingerprint(parts))


if __name__ == "__main__":
    main()
