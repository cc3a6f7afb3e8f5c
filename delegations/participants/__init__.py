"""Lists of participants in numbered revisions, as PDF, DOCX and XLSX, sheets of photographs, and which
delegations the public reads of.
"""
