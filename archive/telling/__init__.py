"""What is said to people: the door to a terminal, log lines, kinds of what is said, what a library could not do."""
