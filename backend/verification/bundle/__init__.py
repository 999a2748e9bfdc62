"""Evidence bundles (ASiC-E): what lies in one, how it is read, and what each part of it proves."""
