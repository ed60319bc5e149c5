"""What keeps an archive for good: verification, copies and their fixity, packages, replay, takedowns."""
