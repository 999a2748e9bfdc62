"""Mail: an outbox without secrets, letters made when they are sent, delivery, and a catcher for development."""
