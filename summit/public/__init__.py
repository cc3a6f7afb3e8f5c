"""The public entrance: “/”, a summit's home, error pages, health checks and metrics.

The package also has the middleware that sets the headers and the language of every response.
"""
