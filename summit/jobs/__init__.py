"""Long work in steps, each with its progress stored, fenced by the number of its claim."""
