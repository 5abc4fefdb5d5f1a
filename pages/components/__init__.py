"""The parts every page is made of: words, numbers, header, figures, proof, chart and table twin, states."""
