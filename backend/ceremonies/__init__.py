"""Ceremonies: facts, rules, actions. The heart of Prasasti."""
