"""What can be done, one verb a file. Each loads facts, asks the rules, does slow work without a lock, commits."""
