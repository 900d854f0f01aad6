"""The model itself: Qwen3-VL's architecture in plain PyTorch, for pictures of one fixed size.

Parameter names are those of transformers' Qwen3VLForConditionalGeneration, so the state dict is what gets exported.
"""
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn

from vlm_start import look_at_neighbours
from vlm_tokenizer import PICTURE_AT


@dataclass
class Shape:
    side: int = 192
    patch: int = 16
    merge: int = 2
    vision_depth: int = 6
    vision_width: int = 192
    vision_heads: int = 6
    vision_hidden: int = 576
    deepstack: list = field(default_factory=lambda: [2])
    text_depth: int = 4
    text_width: int = 192
    text_heads: int = 6
    text_kv_heads: int = 2
    text_hidden: int = 384
    head_dim: int = 32
    mrope: tuple = (6, 5, 5)
    theta: float = 10000.0
    vocabulary: int = 768

    @property
    def grid(self):
        return self.side // self.patch

    @property
    def picture_tokens(self):
        return (self.grid // self.merge) ** 2


def cut_patches(pictures, shape):
    """(B, 3, side, side) to (B, patches, 3 * 2 * patch * patch), in transformers' and mistral.rs's order."""
    b, g, m, p = len(pictures), shape.grid, shape.merge, shape.patch
    doubled = pictures[:, None].expand(b, 2, 3, shape.side, shape.side)
    cut = doubled.reshape(b, 1, 2, 3, g // m, m, p, g // m, m, p).permute(0, 1, 4, 7, 5, 8, 3, 2, 6, 9)
    return cut.reshape(b, g * g, 3 * 2 * p * p)


def merged_order(grid, merge):
    """Row and column of each patch, in the order the patches come: merge x merge blocks, row by row."""
    at = torch.arange(grid * grid).reshape(grid // merge, merge, grid // merge, merge).permute(0, 2, 1, 3).flatten()
    return at // grid, at % grid


def attend(q, k, v, mask=None):
    """Written out because it is several times faster on CPU in bfloat16 than the fused kernel."""
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    return (scores if mask is None else scores + mask.to(scores.dtype)).softmax(-1).to(v.dtype) @ v


def turn(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class VisionAttention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads = shape.vision_heads
        self.qkv = nn.Linear(shape.vision_width, 3 * shape.vision_width)
        self.proj = nn.Linear(shape.vision_width, shape.vision_width)

    def forward(self, x, cos, sin):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        x = attend(turn(q, cos, sin).to(v.dtype), turn(k, cos, sin).to(v.dtype), v)
        return self.proj(x.transpose(1, 2).reshape(b, n, d))


class VisionMlp(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.linear_fc1 = nn.Linear(shape.vision_width, shape.vision_hidden)
        self.linear_fc2 = nn.Linear(shape.vision_hidden, shape.vision_width)

    def forward(self, x):
        return self.linear_fc2(F.gelu(self.linear_fc1(x), approximate="tanh"))


class VisionBlock(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.norm1 = nn.LayerNorm(shape.vision_width, eps=1e-6)
        self.norm2 = nn.LayerNorm(shape.vision_width, eps=1e-6)
        self.attn = VisionAttention(shape)
        self.mlp = VisionMlp(shape)

    def forward(self, x, cos, sin):
        x = x + self.attn(self.norm1(x), cos, sin)
        return x + self.mlp(self.norm2(x))


class Merger(nn.Module):
    """Four neighbouring patches become one token of the text model's width."""

    def __init__(self, shape, norm_after):
        super().__init__()
        self.width = shape.vision_width * shape.merge ** 2
        self.norm_after = norm_after
        self.norm = nn.LayerNorm(self.width if norm_after else shape.vision_width, eps=1e-6)
        self.linear_fc1 = nn.Linear(self.width, self.width)
        self.linear_fc2 = nn.Linear(self.width, shape.text_width)

    def forward(self, x):
        b, n, d = x.shape
        joined = (b, n * d // self.width, self.width)
        x = self.norm(x.reshape(joined)) if self.norm_after else self.norm(x).reshape(joined)
        return self.linear_fc2(F.gelu(self.linear_fc1(x)))


class PatchEmbed(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.proj = nn.Conv3d(3, shape.vision_width, (2, shape.patch, shape.patch), (2, shape.patch, shape.patch))

    def forward(self, patches):
        return F.linear(patches, self.proj.weight.flatten(1), self.proj.bias)


class Vision(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.patch_embed = PatchEmbed(shape)
        self.pos_embed = nn.Embedding(shape.grid ** 2, shape.vision_width)
        self.blocks = nn.ModuleList(VisionBlock(shape) for _ in range(shape.vision_depth))
        self.merger = Merger(shape, norm_after=False)
        self.deepstack_merger_list = nn.ModuleList(Merger(shape, norm_after=True) for _ in shape.deepstack)
        rows, cols = merged_order(shape.grid, shape.merge)
        quarter = shape.vision_width // shape.vision_heads // 4
        speeds = 1 / 10000 ** (torch.arange(quarter) / quarter)
        angles = torch.cat((rows[:, None] * speeds, cols[:, None] * speeds), 1).repeat(1, 2)
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        self.register_buffer("order", rows * shape.grid + cols, persistent=False)

    def forward(self, patches):
        """Tokens for the text model, tokens to be added after its first layers, and the last patch features."""
        x = self.patch_embed(patches) + self.pos_embed(self.order)
        deep = []
        for number, block in enumerate(self.blocks):
            x = block(x, self.cos, self.sin)
            if number in self.shape.deepstack:
                deep.append(self.deepstack_merger_list[len(deep)](x))
        return self.merger(x), deep, x


class TextAttention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        width, wide, narrow = shape.text_width, shape.text_heads * shape.head_dim, shape.text_kv_heads * shape.head_dim
        self.q_proj = nn.Linear(width, wide, bias=False)
        self.k_proj = nn.Linear(width, narrow, bias=False)
        self.v_proj = nn.Linear(width, narrow, bias=False)
        self.o_proj = nn.Linear(wide, width, bias=False)
        self.q_norm = nn.RMSNorm(shape.head_dim, eps=1e-6)
        self.k_norm = nn.RMSNorm(shape.head_dim, eps=1e-6)

    def forward(self, x, cos, sin, past):
        b, n, _ = x.shape
        q = self.q_norm(self.q_proj(x).view(b, n, -1, self.shape.head_dim)).transpose(1, 2)
        k = self.k_norm(self.k_proj(x).view(b, n, -1, self.shape.head_dim)).transpose(1, 2)
        v = self.v_proj(x).view(b, n, -1, self.shape.head_dim).transpose(1, 2)
        q, k = turn(q, cos, sin).to(v.dtype), turn(k, cos, sin).to(v.dtype)
        if past is not None:
            if past:
                k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
            past[:] = [k, v]
        copies = self.shape.text_heads // self.shape.text_kv_heads
        k, v = k.repeat_interleave(copies, 1), v.repeat_interleave(copies, 1)
        x = attend(q, k, v, torch.full((n, n), float("-inf")).triu(1) if n > 1 else None)
        return self.o_proj(x.transpose(1, 2).reshape(b, n, -1))


class TextMlp(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape.text_width, shape.text_hidden, bias=False)
        self.up_proj = nn.Linear(shape.text_width, shape.text_hidden, bias=False)
        self.down_proj = nn.Linear(shape.text_hidden, shape.text_width, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class TextLayer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.self_attn = TextAttention(shape)
        self.mlp = TextMlp(shape)
        self.input_layernorm = nn.RMSNorm(shape.text_width, eps=1e-6)
        self.post_attention_layernorm = nn.RMSNorm(shape.text_width, eps=1e-6)

    def forward(self, x, cos, sin, past):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, past)
        return x + self.mlp(self.post_attention_layernorm(x))


class Text(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.text_width)
        self.layers = nn.ModuleList(TextLayer(shape) for _ in range(shape.text_depth))
        self.norm = nn.RMSNorm(shape.text_width, eps=1e-6)

    def turns(self, positions):
        """Cosines and sines for (3, n) positions: time, row and column interleaved over the frequencies."""
        half = self.shape.head_dim // 2
        speeds = 1 / self.shape.theta ** (torch.arange(half) / half)
        axis = torch.zeros(half, dtype=torch.long)
        for number in (1, 2):
            axis[number:3 * self.shape.mrope[number]:3] = number
        angles = (positions[axis].float() * speeds[:, None]).T.repeat(1, 2)
        return angles.cos(), angles.sin()


class Inner(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.visual = Vision(shape)
        self.language_model = Text(shape)


class Vlm(nn.Module):
    """Every prompt begins with the same `picture_at` tokens, then the picture, then text: positions are the same for all."""

    def __init__(self, shape, picture_at):
        super().__init__()
        self.shape, self.picture_at = shape, picture_at
        self.model = Inner(shape)
        for name, p in self.named_parameters():
            if p.dim() == 1 and "norm" in name and name.endswith("weight"):
                nn.init.ones_(p)
            elif p.dim() == 1:
                nn.init.zeros_(p)
            else:
                nn.init.trunc_normal_(p, std=min(0.02 * (768 / p.flatten(1).shape[1]) ** 0.5, 0.05))
        for name, p in self.named_parameters():
            if name.endswith(("attn.proj.weight", "linear_fc2.weight", "o_proj.weight", "down_proj.weight")) and "merger" not in name:
                p.data /= 2
        look_at_neighbours(self.model.visual)

    def positions(self, length):
        at, side = self.picture_at, self.shape.grid // self.shape.merge
        count = side * side
        where = torch.arange(count)
        picture = torch.stack((torch.zeros_like(where), where // side, where % side)) + at
        before = torch.arange(at).expand(3, -1)
        after = (torch.arange(max(length - at - count, 0)) + at + side).expand(3, -1)
        return torch.cat((before, picture, after), 1)[:, :length]

    def read(self, ids, tokens, deep, start=0, past=None):
        """Hidden states of `ids` (B, n), whose picture places get `tokens`; with `past`, ids continue at `start`."""
        text, at, count = self.model.language_model, self.picture_at, self.shape.picture_tokens
        x = text.embed_tokens(ids)
        if start == 0:
            x = torch.cat((x[:, :at], tokens.to(x.dtype), x[:, at + count:]), 1)
        cos, sin = text.turns(self.positions(start + ids.shape[1])[:, start:])
        for number, layer in enumerate(text.layers):
            x = layer(x, cos, sin, None if past is None else past[number])
            if start == 0 and number < len(deep):
                x = torch.cat((x[:, :at], x[:, at:at + count] + deep[number], x[:, at + count:]), 1)
        return text.norm(x)

    def words(self, hidden):
        return F.linear(hidden, self.model.language_model.embed_tokens.weight)

    @torch.no_grad()
    def answer(self, tokens, deep, prompt, end, most=220):
        """Greedy answers for a batch of pictures with prompts of one length."""
        past = [[] for _ in range(self.shape.text_depth)]
        ids, start, out = prompt, 0, []
        done = torch.zeros(len(prompt), dtype=torch.bool)
        for _ in range(most):
            hidden = self.read(ids, tokens, deep, start, past)
            start += ids.shape[1]
            ids = self.words(hidden[:, -1]).argmax(-1, keepdim=True)
            out.append(ids)
            done |= ids[:, 0] == end
            if done.all():
                break
        return [row[:row.index(end)] if end in row else row for row in torch.cat(out, 1).tolist()]


def untrained(tokenizer):
    """A model of the usual shape for the words of `tokenizer`."""
    return Vlm(Shape(vocabulary=tokenizer.get_vocab_size()), PICTURE_AT)
