"""How a text is found: words made ready the same way when they are written and when they are asked for."""
