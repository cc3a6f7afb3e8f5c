"""Jobs: long work done in steps. Each step stores its progress and is fenced by the number of its claim."""
