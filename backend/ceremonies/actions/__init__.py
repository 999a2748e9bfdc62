"""What can be done: one verb, one file. Each loads facts, asks the rules, does the slow work without a lock, commits."""
