"""Intake: read, check and mark what people submit."""
