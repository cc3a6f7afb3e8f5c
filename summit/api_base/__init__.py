"""Shared code of all API viewsets: authentication by tokens, throttling, idempotency, ETags, problem details,
views and the OpenAPI description."""
