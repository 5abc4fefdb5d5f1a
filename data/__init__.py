"""The bottom layer: rules, formats, codes, words, and the little code that opens them."""
