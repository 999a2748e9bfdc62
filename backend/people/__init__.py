"""People: who they are in a ceremony, how a link reaches them, how staff log in."""
