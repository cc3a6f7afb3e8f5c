"""Events of a summit to other systems: endpoints, signatures, deliveries in order, an HTTP client that reaches
nothing inside."""
