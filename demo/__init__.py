"""A whole ceremony of invented people, driven from outside by commands, HTTP and mail; it never imports backend."""
