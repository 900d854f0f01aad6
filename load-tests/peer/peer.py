"""The look as a team would write it in Python, to measure Vitrine beside it. See README.md."""
import argparse
import os
import socket
import time
from pathlib import Path

# One process, few small texts: the tokenizers' own threads would only take the cores from torch.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
import transformers
import uvicorn
from fastapi import FastAPI, HTTPException, UploadFile
from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from photo import read_picture
from shop import Shop

MAX_BYTES = 20 * 1024 * 1024
MIN_SIDE = 64


def application(shop):
    app = FastAPI(title="A look, in Python")

    @app.get("/health")
    def health():
        return {"status": "ok"}

    # Not async: FastAPI runs it in a thread of its pool, and the models have locks of their own.
    @app.post("/v1/looks")
    def create_look(photo: UploadFile):
        data = photo.file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise HTTPException(413, "the photo is larger than 20 MiB; send a smaller one")
        try:
            picture = read_picture(data)
        except UnidentifiedImageError:
            raise HTTPException(415, "this is not a picture that can be read") from None
        except (OSError, Image.DecompressionBombError) as error:
            raise HTTPException(422, f"the picture is damaged, cut short or too large ({error})") from None
        if min(picture.size) < MIN_SIDE:
            raise HTTPException(422, f"each side needs at least {MIN_SIDE} pixels")
        try:
            return shop.look(picture)
        except ValidationError as error:
            raise HTTPException(502, f"the model's answer can not be read: {error}") from None

    return app


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--demo", type=Path, default=Path(__file__).resolve().parents[2] / "demo")
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=0, help="0 for any that is free")
    asked.add_argument("--threads", type=int, default=1, help="that torch computes an answer with")
    asked = asked.parse_args()
    torch.set_num_threads(asked.threads)
    transformers.utils.logging.disable_progress_bar()

    started = time.perf_counter()
    app = application(Shop(asked.demo))
    print(f"  ready in {time.perf_counter() - started:.1f} s, torch on {torch.get_num_threads()} threads")
    # Listens before its address is told, so that whoever reads it can connect.
    listening = socket.create_server((asked.host, asked.port), backlog=2048)
    print(f"http://{asked.host}:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


if __name__ == "__main__":
    main()
