"""Mutation testing: how many small faults in the functions that protect something do the tests notice?"""
