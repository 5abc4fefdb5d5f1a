"""How facts come in and results go out; the only layer that writes."""
