"""What is broken on purpose while 835 files are read and posted, and what must be true after."""
