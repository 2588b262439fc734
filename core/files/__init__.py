"""Opening untrusted files, and writing results all or nothing."""
