"""Muon for the matrices, AdamW for the rest; the patches' filters, which start out good, learn slowly."""
import torch

from vlm_optim import Muon

RATES = {"matrices": 0.007, "patches": 4e-5, "places": 3e-4, "rest": 6e-4, "scale": 4e-3, "helps": 2e-3}


def optimisers(model, scale, helps):
    """A list of optimisers; each group remembers its top rate under `top`."""
    parts = {name: [] for name in RATES}
    for name, p in model.named_parameters():
        part = "patches" if "patch_embedding.weight" in name else "places" if "position" in name else "matrices" if p.dim() == 2 else "rest"
        parts[part].append(p)
    parts["scale"], parts["helps"] = list(scale.parameters()), list(helps.parameters())
    muon = Muon(parts.pop("matrices"), RATES["matrices"])
    adam = torch.optim.AdamW([{"params": some, "lr": RATES[name]} for name, some in parts.items()], betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    for group in muon.param_groups + adam.param_groups:
        group["top"] = group["lr"]
    return [muon, adam]
