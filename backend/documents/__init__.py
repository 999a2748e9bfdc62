"""Documents: words and facts become typeset, archival, signable PDFs. Knows no database, no web, no signature."""
