"""From rows to coefficients: penalised regression, variances, captions, dispersion."""
