"""Garments drawn from words: cuts, cloth, people, places, and the scenes made of them."""
