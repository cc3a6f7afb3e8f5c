"""Visa support letters, declarations of what people bring, dietary and access needs."""
