"""`python -m pageside` is `pageside`."""

from pageside.cli import main

if __name__ == "__main__":
    main()
