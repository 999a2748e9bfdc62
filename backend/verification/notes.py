"""What is worth telling about a file's signatures and never changes a verdict (DESIGN section 8)."""

from datetime import timedelta

from backend.verification.signature import TIMESTAMP
from backend.verification.subject import Subject
from backend.verification.verdict import Note

FAR = timedelta(minutes=5)


def add_notes(subjects: list[Subject]) -> None:
    """Add the notes to signatures given in the order of the document."""
    last = None
    for subject in subjects:
        claimed, stamped = subject.claimed_at, subject.timestamp_at
        if subject.is_timestamp:
            stamped = claimed
        elif claimed and stamped and abs(stamped - claimed) > FAR:
            subject.note(Note.CLOCKS_APART)
        if last and stamped and stamped < last:
            subject.note(Note.ORDER_OF_TIMES)
        last = stamped or last
    formats = {subject.placed.subfilter for subject in subjects if subject.placed} - {TIMESTAMP}
    rewritten = [subject for subject in subjects if subject.moved]
    for subject in rewritten if len(rewritten) == len(subjects) else ():
        subject.note(Note.REWRITTEN)
    for subject in subjects if len(formats) > 1 else ():
        if not subject.is_timestamp:
            subject.note(Note.MIXED_FORMATS)
