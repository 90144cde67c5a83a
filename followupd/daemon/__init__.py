"""The use cases: pull, judge, draft. They know the ports, never what is behind them."""
