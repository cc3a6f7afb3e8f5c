"""Jobs: long work that workers do in steps.

Each step stores the job's progress. It is stored only if no other worker has claimed the job since.
"""
