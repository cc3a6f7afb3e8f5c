"""Webhooks: send a summit's events to other systems. Endpoints, signatures, ordered deliveries and an HTTP client.

The client refuses addresses inside the deployment's network.
"""
