"""Where the vision attention starts: most heads look at one neighbouring patch, through the biases and rotary positions.

A score between places p and q is then a sum of cosines of p + step - q, highest at the neighbour `step` away.
"""
import torch

STEPS = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), None, (1, 1), (-1, -1), (1, -1), (-1, 1)]
STRENGTH = [4.0, 2.5]


def look_at_neighbours(vision):
    shape = vision.shape
    size = shape.vision_width // shape.vision_heads
    quarter = size // 4
    speeds = 1 / 10000 ** (torch.arange(quarter) / quarter)
    for depth, block in enumerate(vision.blocks[:4]):
        bias = block.attn.qkv.bias.data.view(3, shape.vision_heads, size)
        for head in range(shape.vision_heads):
            step = STEPS[(head + depth * 4) % len(STEPS)]
            if step is None:
                continue
            for axis, distance in enumerate(step):
                for speed, strength in enumerate(STRENGTH):
                    at = axis * quarter + speed
                    size_of = (strength * size ** 0.5) ** 0.5
                    angle = -speeds[speed] * distance
                    bias[0, head, at] = size_of
                    bias[1, head, at] = size_of * angle.cos()
                    bias[1, head, at + size // 2] = size_of * angle.sin()
