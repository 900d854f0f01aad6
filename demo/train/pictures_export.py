"""Writes the encoder in Hugging Face form, with its parity record: 20 pictures and the vectors that transformers gives for them.

`python demo/train/pictures_export.py [FOLDER] [CHECKPOINT]` exports a checkpoint's averaged weights.
"""
import json
import sys
from pathlib import Path

import cv2
import torch
from safetensors.torch import save_file
from transformers import SiglipVisionModel

from pictures_batches import floats
from pictures_crop import GREY, MARGIN, crop, letterbox
from pictures_exam import TEST, exam
from pictures_model import SIDE, build

FOLDER = Path(__file__).resolve().parents[1] / "model/pictures"
PARITY = TEST + 500_000  # first seed of the parity record's pictures
PREPROCESSOR = {
    "image_processor_type": "SiglipImageProcessor", "do_convert_rgb": True, "do_resize": True, "size": {"height": SIDE, "width": SIDE}, "resample": 2,
    "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
ABOUT = {
    "name": "vitrine-small-pictures", "licence": "Apache-2.0", "purpose": "for trying and testing; not for production",
    "crop": {"margin": MARGIN, "grey": GREY}}


def write(path, told):
    path.write_text(json.dumps(told, indent=2) + "\n")


def export(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    config = model.config
    names = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_channels", "image_size", "patch_size", "hidden_act",
             "layer_norm_eps", "attention_dropout")
    write(folder / "config.json", {"architectures": ["SiglipVisionModel"], "model_type": "siglip_vision_model", **{n: getattr(config, n) for n in names},
                                   "vision_use_head": True, "torch_dtype": "float16"})
    weights = {f"vision_model.{name}": value.detach().half().contiguous().clone() for name, value in model.state_dict().items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    write(folder / "preprocessor_config.json", PREPROCESSOR)
    about = folder / "vitrine.json"
    write(about, {**(json.loads(about.read_text()) if about.exists() else {}), **ABOUT})
    record(folder)


def record(folder):
    """`parity/NN.png` at the model's size, ten products and a photo's crop of each, and `parity.json` with their unit vectors."""
    (folder / "parity").mkdir(exist_ok=True)
    _, products, queries = exam(PARITY, 10, 10)
    pictures = [letterbox(p, SIDE) for p in products] + [crop(q.picture, q.box, SIDE) for q in queries]
    model = SiglipVisionModel.from_pretrained(folder, dtype=torch.float32).eval()
    rows = []
    for number, picture in enumerate(pictures):
        cv2.imwrite(str(folder / "parity" / f"{number:02}.png"), picture[..., ::-1])
        with torch.no_grad():
            vector = model(pixel_values=floats(picture[None]) * 2 - 1).pooler_output[0]
        rows.append({"picture": f"{number:02}.png", "embedding": [round(v, 6) for v in (vector / vector.norm()).tolist()]})
    (folder / "parity/parity.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    checkpoint = sys.argv[2] if len(sys.argv) > 2 else Path.home() / ".cache/vitrine-train/pictures.pt"
    model = build()
    model.load_state_dict(torch.load(checkpoint, weights_only=False)["average"])
    export(model, folder)


if __name__ == "__main__":
    main()
