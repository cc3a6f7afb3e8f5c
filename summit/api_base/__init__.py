"""What all viewsets of the API share: authentication by tokens, throttling, idempotency, ETags, problem details,
views, description."""
