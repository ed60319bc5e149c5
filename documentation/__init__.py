"""The documentation as a site: what of it is made from the program and from README, for MkDocs (`make docs`)."""
