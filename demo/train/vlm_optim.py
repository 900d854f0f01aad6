"""Muon for the matrices inside the model, AdamW for everything else.

Muon (Jordan et al. 2024): momentum, then Newton-Schulz steps towards the nearest orthogonal matrix.
"""
import torch

INSIDE = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32  # slow where a processor has no bfloat16


def inside():
    """What a network computes under."""
    return torch.autocast("cpu", torch.bfloat16, enabled=INSIDE == torch.bfloat16)


def orthogonal(g, steps=5):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    x = (x.mT if tall else x).to(INSIDE)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


def parts_of(p):
    """Queries, keys and values are turned apart; so are the rows of the mergers' large square matrices, which saves time."""
    return 3 if p.shape[0] == 3 * p.shape[1] else 4 if p.shape[0] == p.shape[1] and p.shape[0] % 768 == 0 else 1


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.95, decay=0.02):
        super().__init__(params, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alike = {}
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["speed"] = torch.zeros_like(p)
                state["speed"].lerp_(p.grad, 1 - group["momentum"])
                pull = p.grad.lerp(state["speed"], group["momentum"])
                parts = pull.chunk(parts_of(p))
                for number, part in enumerate(parts):
                    alike.setdefault(part.shape, []).append((p, number, len(parts), part))
            for shape, rows in alike.items():
                turned = orthogonal(torch.stack([r[3] for r in rows]))
                scale = max(1, shape[0] / shape[1]) ** 0.5
                for (p, number, count, _), new in zip(rows, turned):
                    target = p.data.chunk(count)[number]
                    target.mul_(1 - group["lr"] * group["decay"]).sub_(new, alpha=group["lr"] * scale)


def optimisers(model, heads, matrix_rate, rate):
    """A list of optimisers; each group remembers its top rate under `top`."""
    matrices, plain, bare = [], [], []
    for name, p in [*model.named_parameters(), *heads.named_parameters()]:
        inside = ("blocks." in name or "layers." in name or "merger" in name) and p.dim() == 2
        (matrices if inside else plain if p.dim() > 1 else bare).append(p)
    muon = Muon(matrices, matrix_rate)
    adam = torch.optim.AdamW([{"params": plain, "weight_decay": 0.02}, {"params": bare, "weight_decay": 0.0}], rate, (0.9, 0.98), fused=True)
    for group in muon.param_groups + adam.param_groups:
        group["top"] = group["lr"]
    return [muon, adam]
