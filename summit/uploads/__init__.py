"""What all kinds of uploaded files share: the report on their rows, the pages, and the process that reads them."""
