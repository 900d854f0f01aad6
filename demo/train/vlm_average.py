"""Averages the weights of exported folders that were trained one from another: `python demo/train/vlm_average.py OUT FOLDER FOLDER [...]`.

Weights that one training has drifted between lie in one valley, whose middle holds up better on new pictures than its ends (model
soups, Wortsman et al. 2022).
"""
import sys
from pathlib import Path

import torch

import vlm_export
import vlm_figures


def main():
    out, *folders = map(Path, sys.argv[1:])
    models = [vlm_figures.load(folder) for folder in folders]
    states = [model.state_dict() for model, _ in models]
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    model, tokenizer = models[0]
    model.load_state_dict(mean)
    vlm_export.export(model, tokenizer, out)


if __name__ == "__main__":
    main()
