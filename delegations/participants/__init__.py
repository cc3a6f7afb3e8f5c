"""Lists of participants in numbered revisions, as PDF, DOCX and XLSX, and sheets of photographs."""
