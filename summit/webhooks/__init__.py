"""Webhooks: send a summit's events to other systems.

The package has endpoints, signatures, ordered deliveries, and an HTTP client that refuses addresses inside the
deployment's network.
"""
