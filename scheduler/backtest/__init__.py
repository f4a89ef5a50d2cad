"""What the models would have said on past days, against what then happened."""

from scheduler.backtest.cached_backtest import run_backtest
from scheduler.backtest.replay_report import Report

__all__ = ["Report", "run_backtest"]
