"""The independent check: the standards typed once more from the notices, in Fraction and int only."""
