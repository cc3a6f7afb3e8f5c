"""A whole summit out to one archive, and in again elsewhere.

What an archive holds is declared model by model (`declared`), found through foreign keys (`plan`), written row by row
(`leaving`) into a ZIP that is encrypted as a whole (`sealed`), and read again under new keys (`arriving`).
"""
