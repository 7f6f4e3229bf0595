"""`python -m nppdrivers`: see `nppdrivers.command`."""

from nppdrivers.command.line import main

if __name__ == "__main__":
    main()
