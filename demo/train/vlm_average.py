"""Averages the weights of exported folders that were trained one from another: `python demo/train/vlm_average.py OUT FOLDER FOLDER [...]`.

Weights that one training has drifted between lie in one valley, whose middle holds up better on new pictures than its ends (model
soups, Wortsman et al. 2022). `--tower` and `--text` say what each folder counts for in the vision tower and in the text model.
"""
import argparse
from pathlib import Path

import vlm_export
import vlm_tokenizer
import vlm_warm
from vlm_model import untrained


def options():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("out", type=Path)
    args.add_argument("folders", type=Path, nargs="+")
    args.add_argument("--tower", type=float, nargs="+", metavar="SHARE", help="one for each folder; all alike where not given")
    args.add_argument("--text", type=float, nargs="+", metavar="SHARE")
    given = args.parse_args()
    for shares in (given.tower, given.text):
        if shares and len(shares) != len(given.folders):
            args.error(f"{len(given.folders)} folders need as many shares, not {len(shares)}")
    return given


def mean(states, shares):
    shares = shares or [1] * len(states)
    return {name: sum(share * state[name].float() for share, state in zip(shares, states)) / sum(shares) for name in states[0]}


def main():
    args = options()
    tokenizer = vlm_tokenizer.build()
    model = untrained(tokenizer)
    states = [vlm_warm.weights(folder, tokenizer, model.shape) for folder in args.folders]
    tower, text = mean(states, args.tower), mean(states, args.text)
    model.load_state_dict({name: (tower if ".visual." in name else text)[name] for name in text})
    vlm_export.export(model, tokenizer, args.out)


if __name__ == "__main__":
    main()
