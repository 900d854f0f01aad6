"""Draws messages of chats with how each is to be understood: `python demo/train/make_chats.py` writes demo/chats.jsonl. None of them is trained on."""
import json
from pathlib import Path

import numpy as np

import vlm_chat as chat

SEED, COUNT = 4321, 200


def main():
    out = Path(__file__).resolve().parent.parent / "chats.jsonl"
    rng = np.random.default_rng(SEED)
    with open(out, "w") as lines:
        for _ in range(COUNT):
            items, text, intent, meant = chat.draw(rng)
            shown = [{"category": category, "colour": colours[0]} for category, colours in items]
            print(json.dumps({"shown": shown, "text": text, "intent": intent, "about": meant}), file=lines)


if __name__ == "__main__":
    main()
