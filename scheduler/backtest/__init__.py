"""What the models would have said on past days, against what then happened."""

from scheduler.backtest.report import Report
from scheduler.backtest.run import run_backtest

__all__ = ["Report", "run_backtest"]
