"""What repeats on a site's pages: learned from its captures, and used to label those that come after."""
