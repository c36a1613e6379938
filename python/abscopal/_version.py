"""The version, which is that of the library: tests/check_python.sh compares them."""

VERSION = "0.1.0"
