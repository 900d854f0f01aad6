"""Trains the picture encoder, exports and measures it: `python demo/train/pictures_train.py`.

Draws pairs, trains for `--minutes`, writes demo/model/pictures, its figures and its parity record. Minutes are of processor time on two cores, so that
what else runs on the machine changes how long it takes and not what comes of it.
"""
import argparse
import copy
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait leave the processor to others
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from transformers import SiglipVisionModel  # noqa: E402

import pictures_export  # noqa: E402
import vlm_photos  # noqa: E402
from pictures_batches import Batches, floats  # noqa: E402
from pictures_exam import VALIDATION, exam  # noqa: E402
from pictures_figures import find, vectors  # noqa: E402
from pictures_model import build, encode  # noqa: E402
from pictures_helps import Helps  # noqa: E402
from pictures_optim import optimisers  # noqa: E402
from vlm_optim import inside  # noqa: E402

HERE = Path(__file__).resolve().parent
THREADS = 2
GROUPS, PHOTOS = 12, 8  # groups of drawn pairs a step, real photos a step
KEEP = 0.99  # share of the old in the average of weights
LOOK = 5  # minutes between looks at validation


@dataclass(frozen=True)
class Course:
    """How a run goes; shares are of its time."""
    stages: tuple  # until which share how many patches of a picture are looked at
    meet: tuple  # after which shares it is asked anew what the encoder finds alike
    help: float  # how much words and small pictures help at first; they do less and less, until HELP
    rate: float  # share of the rates of pictures_optim that is learnt at


HELP = 0.8
FROM_NOTHING = Course(((0.35, 24), (0.8, 36), (1.0, None)), (0.3, 0.5, 0.7, 0.85), 1.0, 1.0)
FROM_WEIGHTS = Course(((0.5, 48), (1.0, None)), (0.0, 0.25, 0.5, 0.75), 0.3, 0.5)


def options():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--minutes", type=float, default=52)
    args.add_argument("--pairs", type=int, default=10000, help="products to draw; those drawn already stay")
    args.add_argument("--photos", type=Path, default=Path("/work/shared/photos"))
    args.add_argument("--cache", type=Path, default=Path.home() / ".cache/vitrine-train")
    args.add_argument("--out", type=Path, default=HERE.parent / "model/pictures")
    args.add_argument("--seed", type=int, default=7)
    args.add_argument("--start", type=Path, help="a folder whose weights to go on from, instead of from nothing")
    args.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return args.parse_args()


def draw_all(folder, count):
    parts = [(1_000_000 * (1 + n), min(2500, count - 2500 * n)) for n in range(-(-count // 2500))]
    running = [subprocess.Popen([sys.executable, HERE / "pictures_pairs.py", folder, str(a), str(n)]) for a, n in parts]
    assert not any(p.wait() for p in running)


class Scale(torch.nn.Module):
    """What cosines are multiplied with, learnt."""

    def __init__(self):
        super().__init__()
        self.log = torch.nn.Parameter(torch.tensor(math.log(14.0)))

    def forward(self, cosines):
        return cosines * self.log.clamp(max=math.log(80.0)).exp()


def told_apart(scale, asked, offered, numbers):
    """Each of `asked` (N, width) shows what `offered` shows in the same row, and nothing else in the batch; and the other way round."""
    others = numbers[:, None] == numbers[None]
    others.fill_diagonal_(False)
    cosines = scale(asked @ offered.T).masked_fill(others, -1e4)
    rows = torch.arange(len(asked))
    return (F.cross_entropy(cosines, rows) + F.cross_entropy(cosines.T, rows)) / 2


class Trainer:
    def __init__(self, args):
        torch.manual_seed(args.seed)
        torch.set_num_threads(THREADS)
        self.args, self.scale, self.met = args, Scale(), 0
        self.batches = Batches(args.cache / "pairs", vlm_photos.load(args.photos, "train", 144), args.seed)
        self.batches.refresh()
        self.model = build(torch.cat(self.batches.drawn(GROUPS)[:2]) * 2 - 1)
        if args.start:
            self.model.load_state_dict(SiglipVisionModel.from_pretrained(args.start, dtype=torch.float32).state_dict())
        self.course = FROM_WEIGHTS if args.start else FROM_NOTHING
        self.helps = Helps(torch.cat([floats(part) for part in self.batches.all()][:16]))
        self.average = copy.deepcopy(self.model).requires_grad_(False).eval()
        self.optimisers = optimisers(self.model, self.scale, self.helps)
        self.seen = exam(VALIDATION + 500_000, 600, 120)
        self.steps, self.pictures, self.spent = 0, 0, 0.0
        if args.resume:
            self.restore(torch.load(args.cache / "pictures.pt", weights_only=False))

    def restore(self, saved):
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.scale.load_state_dict(saved["scale"])
        self.helps.load_state_dict(saved["helps"])
        self.steps, self.pictures, self.spent = (saved[name] for name in ("steps", "pictures", "spent"))
        self.met = max(0, sum(self.spent > share * self.args.minutes for share in self.course.meet) - 1)  # what is alike is not saved: ask again
        for one, state in zip(self.optimisers, saved["optimisers"]):
            one.load_state_dict(state)

    def save(self):
        path = self.args.cache / "pictures.pt"
        state = {"model": self.model.state_dict(), "average": self.average.state_dict(), "scale": self.scale.state_dict(), "helps": self.helps.state_dict(), "steps": self.steps,
                 "pictures": self.pictures, "spent": self.spent, "optimisers": [o.state_dict() for o in self.optimisers]}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)

    def log(self, words):
        with open(self.args.cache / "pictures.log", "a") as out:
            print(time.strftime("%H:%M:%S"), self.steps, words, file=out)

    def feed(self, stop):
        ready = queue.Queue(4)

        def fill():
            while not stop.is_set():
                batch = (self.batches.drawn(GROUPS), self.batches.twice(PHOTOS))
                while not stop.is_set():
                    try:
                        ready.put(batch, timeout=1)
                        break
                    except queue.Full:
                        continue
        threading.Thread(target=fill, daemon=True).start()
        return ready

    def rate(self, share):
        warm = min(share / 0.04, 1.0)
        return self.course.rate * warm * (1 + math.cos(math.pi * min(share, 1.0))) / 2

    def step(self, batch, share):
        (product, crop, numbers, told, clean), (one, other, photos) = batch
        keep = next(k for until, k in self.course.stages if share <= until or until == 1.0)
        with inside():
            vectors = encode(self.model, torch.cat((product, crop, one, other)) * 2 - 1, keep)
        product, crop, one, other = vectors.split([len(product)] * 2 + [len(one)] * 2)
        drawn = told_apart(self.scale, crop, product, numbers)
        real = told_apart(self.scale, one, other, photos)
        words, picture = self.helps(vectors[:2 * len(product)], told.repeat(2, 1), clean.repeat(2, 1, 1, 1))
        (drawn + 0.25 * real + self.course.help * max(0.0, 1 - share / HELP) * (words + 2 * picture)).backward()
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * self.rate(share)
            optimiser.step()
            optimiser.zero_grad()
        self.steps += 1
        self.pictures += len(vectors)
        old = min(KEEP, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - old)
        with torch.no_grad():
            right = ((crop @ product.T).argmax(1) == torch.arange(len(crop))).float().mean()
        return torch.stack((drawn.detach(), real.detach(), words.detach(), picture.detach(), right))

    def run(self):
        stop, began, before, sums, since = threading.Event(), time.process_time(), self.spent, [], time.time()
        ready, looked = self.feed(stop), self.spent
        while self.spent < self.args.minutes:
            sums.append(self.step(ready.get(), self.spent / self.args.minutes))
            self.spent = before + (time.process_time() - began) / (60 * THREADS)
            if len(sums) == 20:
                drawn, real, words, picture, right = torch.stack(sums).mean(0).tolist()
                self.log(f"{self.spent:.1f} min, {20 / (time.time() - since):.2f} steps/s, drawn {drawn:.3f}, real {real:.3f}, words {words:.3f}, picture {picture:.3f}, right {right:.3f}, scale {self.scale.log.exp().item():.1f}")
                sums, since = [], time.time()
            if self.met < len(self.course.meet) and self.spent > self.course.meet[self.met] * self.args.minutes:
                self.batches.meet(torch.cat([vectors(self.average, part) for part in self.batches.all()]))
                self.met += 1
            if self.spent - looked > LOOK:
                self.look()
                self.batches.refresh()
                looked, since = self.spent, time.time()
        stop.set()
        self.look()

    def look(self):
        self.save()
        self.log(f"{len(self.batches.known)} chunks, {self.pictures} pictures; {json.dumps(find(self.average, *self.seen)[0])}")


def main():
    args = options()
    draw_all(args.cache / "pairs", args.pairs)
    trainer = Trainer(args)
    trainer.run()
    pictures_export.export(trainer.average, args.out)
    subprocess.run([sys.executable, HERE / "pictures_figures.py", args.out, "--photos", args.photos], check=True)


if __name__ == "__main__":
    main()
