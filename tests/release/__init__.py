"""What is shipped, tried by the real programs that it runs with in production. `make test-release` runs it."""
