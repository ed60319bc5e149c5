"""What whoever writes a site file works with: why a page came out as it did, and whether it comes out as it should."""
