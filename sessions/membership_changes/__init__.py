"""Handles the places and speeches of people who leave a party or are merged with another person."""
