"""BigQuery, the production warehouse. Its packages are an extra: import this room lazily."""

from scheduler.warehouse.bigquery.open import open_bigquery
from scheduler.warehouse.bigquery.warehouse import BigQueryWarehouse

__all__ = ["BigQueryWarehouse", "open_bigquery"]
