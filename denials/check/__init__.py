"""The whole cycle, driven and judged without a browser (`bin/demo --check`)."""
