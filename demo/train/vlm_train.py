"""Trains the small vision-language model from nothing and exports it: `python demo/train/vlm_train.py`.

Stages: advice's words alone; the vision tower on what each place of a picture shows; then everything together, from the
averaged weights and at a falling rate.
Stages end by the clock, so their steps depend on the machine; all chance is seeded.
"""
import argparse
import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import torch
import torch.distributed as dist

import vlm_export
import vlm_measure
import vlm_photos
import vlm_scenes
import vlm_tokenizer
import vlm_warm
from vlm_batches import Batches
from vlm_losses import Heads, Words, ids_of
from vlm_model import cut_patches, untrained
from vlm_optim import inside, optimisers
from vlm_tokenizer import OPENS
from vlm_words import CATEGORIES, LABELS

HERE = Path(__file__).resolve().parent
WORKERS = 2  # processes of one thread, each with its own pictures; their gradients are averaged
DRAWN, PHOTOS, OFFERS, CHATS = 24, 12, 4, 6  # pictures, photos, offers and messages a step, for each worker
KEEP = 0.998  # of the averaged weights a step
ADVICE, CHAT = 3.0, 2.0  # weights of advice and messages in the joint stage
LOOK = 28  # minutes between two measurements
TEST_SEED = 90_000_000


def options():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--cache", type=Path, default=Path.home() / ".cache/vitrine-train")
    args.add_argument("--photos", type=Path, default=HERE.parents[2] / "shared/photos")
    args.add_argument("--out", type=Path, default=HERE.parent / "model/vlm")
    args.add_argument("--scenes", type=int, default=40_000)
    args.add_argument("--words", type=float, default=2.5, help="minutes of the first stage")
    args.add_argument("--tower", type=float, default=20, help="minutes of the second")
    args.add_argument("--joint", type=float, default=50, help="minutes of the third")
    args.add_argument("--decay", type=float, default=31, help="of which the rate falls to nothing in the last minutes")
    args.add_argument("--rate", type=float, default=0.5, help="of the third stage against the earlier ones")
    args.add_argument("--seed", type=int, default=7)
    args.add_argument("--start", type=Path, help="an exported folder whose weights to start from")
    args.add_argument("--heads", type=Path, help="a checkpoint whose heads, which are not exported, to start from")
    args.add_argument("--resume", type=Path, help="a checkpoint to go on from")
    return args.parse_args()


def render_all(folder, count):
    half = count // 2 // vlm_scenes.CHUNK * vlm_scenes.CHUNK
    parts = [(0, half), (half, count - half)]
    running = [subprocess.Popen([sys.executable, HERE / "vlm_scenes.py", folder, str(a), str(n)]) for a, n in parts]
    assert not any(p.wait() for p in running)


class Trainer:
    def __init__(self, args, worker):
        torch.manual_seed(args.seed)
        self.args, self.worker = args, worker
        self.tokenizer = vlm_tokenizer.build()
        self.model = untrained(self.tokenizer)
        self.shape = self.model.shape
        self.heads = Heads(self.shape)
        if args.start:
            self.model.load_state_dict(vlm_warm.weights(args.start, self.tokenizer, self.shape))
        if args.heads:
            self.heads.load_state_dict(torch.load(args.heads, weights_only=False)["heads"])
        self.average = untrained(self.tokenizer)
        self.average.load_state_dict(self.model.state_dict())
        self.average.requires_grad_(False)
        self.model.model.visual.compile()
        self.model.read = torch.compile(self.model.read, dynamic=True)
        self.words = Words(self.tokenizer)
        self.optimisers = optimisers(self.model, self.heads, 0.02, 2e-3)
        self.batches = Batches(self.tokenizer, self.shape, args.cache / "scenes", args.photos, args.seed * 1000 + worker)
        self.grey = vlm_measure.floats(vlm_measure.grey(self.shape.side))
        self.seen = [vlm_scenes.scene(TEST_SEED + n) for n in range(256)]
        self.validation = vlm_photos.load(args.photos, "validation", self.shape.side)
        self.steps, self.spent = 0, {}
        if args.resume:
            self.restore(torch.load(args.resume, weights_only=False))

    def restore(self, saved):
        self.model.load_state_dict(saved["model"])
        self.heads.load_state_dict(saved["heads"])
        self.average.load_state_dict(saved["average"])
        self.steps, self.spent = saved["steps"], saved["spent"]
        for one, state in zip(self.optimisers, saved["optimisers"]):
            one.load_state_dict(state)

    def save(self):
        if self.worker:
            return
        path = self.args.cache / "last.pt"
        state = {"model": self.model.state_dict(), "heads": self.heads.state_dict(), "average": self.average.state_dict()}
        state |= {"steps": self.steps, "spent": self.spent, "optimisers": [o.state_dict() for o in self.optimisers]}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)

    def log(self, words):
        if self.worker:
            return
        with open(self.args.cache / "train.log", "a") as out:
            print(time.strftime("%H:%M:%S"), self.steps, words, file=out)

    def advice_loss(self, batch):
        count = len(batch.ids)
        blank = torch.zeros(count, self.shape.picture_tokens, self.shape.text_width)
        return {"advice": self.words(self.model, [(blank, [], batch)])}

    def tower_loss(self, batch):
        return self.seen_loss(batch)[0]

    def joint_loss(self, batch):
        losses, tokens, deep = self.seen_loss(batch)
        (drawn, (_, one, other, keep), questions, offers, chats), n = batch, DRAWN
        halves = [slice(0, n // 2), slice(n // 2, n)]
        told = self.words(self.model, [(tokens[h], [d[h] for d in deep], t) for h, t in zip(halves, drawn.told)])
        hidden = self.model.read(questions, tokens[n:], [d[n:] for d in deep])
        chances = torch.log_softmax(self.model.words(hidden[:, -1]).float(), -1)
        ids = torch.tensor(ids_of(self.tokenizer, [OPENS[c] for c in CATEGORIES]))
        kinds = -(keep * chances.gather(1, ids[one, None]) + (1 - keep) * chances.gather(1, ids[other, None])).mean()
        return {"told": 2 * told, "advice": self.offered_loss(tokens, deep, offers), "chat": self.chat_loss(chats), "photo words": 0.5 * kinds,
                "places": 0.7 * losses["places"], "photos": 0.4 * losses["photos"]}

    def seen_loss(self, batch):
        """What the tower sees: the losses of its heads, and its tokens for the text model."""
        drawn, (photos, one, other, keep), *_ = batch
        tokens, deep, patches = self.model.model.visual(cut_patches(torch.cat((drawn.pictures, photos)), self.shape))
        places = self.heads.places(tokens[:DRAWN], patches[:DRAWN], drawn, self.model.model.visual.order)
        return {"places": places, "photos": self.heads.photos(tokens[DRAWN:], one, other, keep)}, tokens, deep

    def offered_loss(self, tokens, deep, offers):
        """Advice hangs on the candidates, so it does not teach the tower."""
        some = len(offers.ids)
        return ADVICE * self.words(self.model, [(tokens[:some].detach(), [d[:some].detach() for d in deep], offers)])

    def chat_loss(self, chats):
        """Messages come with a grey picture, which teaches the tower nothing."""
        with torch.no_grad():
            tokens, deep, _ = self.model.model.visual(cut_patches(self.grey, self.shape))
        some = len(chats.ids)
        return CHAT * self.words(self.model, [(tokens.expand(some, -1, -1), [d.expand(some, -1, -1) for d in deep], chats)])

    def feed(self, stage, stop):
        ready = queue.Queue(6)
        def fill():
            while not stop.is_set():
                if stage == "words":
                    batch = self.batches.advice(40)
                else:
                    batch = (self.batches.drawn(DRAWN), self.batches.photo(PHOTOS), self.batches.photo_questions(PHOTOS), self.batches.advice(OFFERS), self.batches.chats(CHATS))
                while not stop.is_set():
                    try:
                        ready.put(batch, timeout=1)
                        break
                    except queue.Full:
                        continue
        threading.Thread(target=fill, daemon=True).start()
        return ready

    def rate(self, stage, minutes, left):
        if stage == "joint":
            return min(minutes / 0.3, 1.0) * self.args.rate * min(left / self.args.decay, 1.0)
        return min(0.02 + minutes, 1.0)

    def agree(self, minutes):
        """Averages the workers' gradients; returns the average of their clocks, which all go by."""
        params = [p for p in (*self.model.parameters(), *self.heads.parameters()) if p.grad is not None]
        flat = torch.cat([*(p.grad.flatten() for p in params), torch.tensor([minutes])])
        dist.all_reduce(flat)
        flat /= WORKERS
        for p, grad in zip(params, flat[:-1].split([p.numel() for p in params])):
            p.grad.copy_(grad.view_as(p))
        torch.nn.utils.clip_grad_norm_(params, 2.0)
        return flat[-1].item()

    def run(self, stage, minutes):
        stop, began, before = threading.Event(), time.time(), self.spent.get(stage, 0.0)
        if before >= minutes:
            return
        if stage == "joint":
            self.model.load_state_dict(self.average.state_dict())
        if stage != "words":
            self.batches.refresh()
        ready, sums, since, looked, done = self.feed(stage, stop), {}, time.time(), before, before
        while done < minutes:
            loss_of = {"words": self.advice_loss, "tower": self.tower_loss, "joint": self.joint_loss}[stage]
            with inside():
                losses = loss_of(ready.get())
            sum(losses.values()).backward()
            done = self.agree(before + (time.time() - began) / 60)
            for one in self.optimisers:
                for group in one.param_groups:
                    group["lr"] = group["top"] * self.rate(stage, done - before, minutes - done)
                one.step()
                one.zero_grad()
            self.steps += 1
            self.spent[stage] = done
            keep = min(KEEP, (1 + self.steps) / (10 + self.steps))
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - keep)
            for name, value in losses.items():
                sums.setdefault(name, []).append(value.item())
            if self.steps % 30 == 0:
                means = ", ".join(f"{k} {sum(v) / len(v):.3f}" for k, v in sums.items())
                self.log(f"{stage} {done:.1f} min, {30 / (time.time() - since):.2f} steps/s, {means}")
                sums, since = {}, time.time()
            if stage != "words" and done - looked > LOOK:
                self.save()
                self.look(stage)
                self.batches.refresh()
                looked = done
        stop.set()
        self.save()
        self.look(stage)

    def look(self, stage):
        if self.worker or stage == "words":
            return
        names = [next(k for k, v in LABELS.items() if v == c) for c in CATEGORIES]
        if stage == "joint":
            self.average.eval()
            pictures = torch.utils.data.default_collate([s[0] for s in self.seen]).numpy()
            figures, wrong = vlm_measure.drawn(self.average, self.tokenizer, pictures, [s[1] for s in self.seen], self.batches.question)
            self.log(f"drawn {json.dumps(figures)}")
            self.log(f"wrong {wrong.most_common(14)}")
            self.log(f"photos {json.dumps(vlm_measure.photos(self.average, self.tokenizer, *self.validation, self.batches.question, names))}")
            self.log(f"chats {json.dumps(vlm_measure.chats(self.average, self.tokenizer, 5, 60))}")
            self.log(f"advice {json.dumps(vlm_measure.advice(self.average, self.tokenizer, pictures, 5, 20))}")
            return
        right = total = 0
        for at in range(0, len(self.validation[0]), 98):
            with torch.no_grad():
                tokens, _ = vlm_measure.look(self.average, self.validation[0][at:at + 98])
                guess = self.heads.photo(tokens.mean(1)).argmax(1)
            right += int((guess == torch.from_numpy(self.validation[1][at:at + 98])).sum())
            total += len(guess)
        self.log(f"photos by the tower alone {right / total:.3f}")


def work(worker, args):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"file://{args.cache}/meeting", rank=worker, world_size=WORKERS)
    trainer = Trainer(args, worker)
    for stage, minutes in (("words", args.words), ("tower", args.tower), ("joint", args.joint)):
        trainer.run(stage, minutes)
    if worker == 0:
        vlm_export.export(trainer.average, trainer.tokenizer, args.out)
    dist.barrier()


def main():
    args = options()
    if not args.resume and args.scenes:
        render_all(args.cache / "scenes", args.scenes)
    (args.cache / "meeting").unlink(missing_ok=True)
    torch.multiprocessing.spawn(work, (args,), nprocs=WORKERS)
    for after in ("vlm_figures.py", "vlm_record.py"):
        subprocess.run([sys.executable, HERE / after, args.out], check=True)


if __name__ == "__main__":
    main()
