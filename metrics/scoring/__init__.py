"""From a rule to points, a verdict and its reasons."""
