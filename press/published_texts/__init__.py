"""What readers see of public texts: earlier editions, languages, related texts, quotations and notices."""
