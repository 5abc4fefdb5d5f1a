"""A synthetic country: files as provinces would send them, made of nothing but a seed, with planted truths."""
