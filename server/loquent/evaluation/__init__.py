"""Whether characters and models do what a game needs: suites of cases, run over the wire, measured and compared."""
