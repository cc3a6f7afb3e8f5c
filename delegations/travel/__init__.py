"""Visa support letters, declarations of what people bring, and dietary and access needs."""
