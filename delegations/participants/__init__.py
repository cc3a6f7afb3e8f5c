"""The list of participants in numbered revisions, as PDF, DOCX and XLSX, and the sheet of photographs."""
