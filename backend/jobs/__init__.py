"""Durable jobs: what there is to do, how it is queued with the decision to do it, and the engine that does it."""
