"""The public entrance: “/”, a summit's home, error pages, health checks and metrics.

Also the middleware that sets the headers and the language of every answer.
"""
