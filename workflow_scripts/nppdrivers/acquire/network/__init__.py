"""The network: requests, signatures, remote files read in parts, windows of them."""
