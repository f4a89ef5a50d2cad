"""GoogleSQL's own analyzer: the WASM build in the package `zetasql`, compiled once and kept."""

import contextlib
import ctypes
import fcntl
import tempfile
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError
from wasmtime import Engine, Module, WasmtimeError
from zetasql.core.exceptions import ZetaSQLError
from zetasql.core.wasm_client import WasmClient
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_ast_pb2

Catalog = simple_catalog_pb2.SimpleCatalogProto
Type = type_pb2.TypeProto
Statement = resolved_ast_pb2.AnyResolvedStatementProto
Columns = Mapping[str, Type]
Tables = Mapping[tuple[str, str], Columns]
"""(dataset, table) -> column -> type."""

# What the analyzer can be told to allow and BigQuery does not have.
NOT_IN_BIGQUERY = {
    "FEATURE_EXPERIMENTAL_MODULES",
    "FEATURE_TIMESTAMP_NANOS",
    "FEATURE_TIMESTAMP_PICOS",
    "FEATURE_V_1_3_ALLOW_SLASH_PATHS",
    "FEATURE_V_1_3_OMIT_INSERT_COLUMN_LIST",
    "FEATURE_V_1_3_TYPEOF_FUNCTION",
    "FEATURE_V_1_3_UNNEST_AND_FLATTEN_ARRAYS",
    "FEATURE_V_1_4_AGGREGATE_FILTERING",
    "FEATURE_V_1_4_BARE_ARRAY_ACCESS",
    "FEATURE_V_1_4_FIRST_AND_LAST_N",
    "FEATURE_V_1_4_INSERT_ON_CONFLICT_CLAUSE",
    "FEATURE_V_1_4_LATERAL_JOIN",
    "FEATURE_V_1_4_LIMIT_OFFSET_EXPRESSIONS",
    "FEATURE_V_1_4_MULTIWAY_UNNEST",
    "FEATURE_V_1_4_NULLIFZERO_ZEROIFNULL",
    "FEATURE_V_1_4_PI_FUNCTIONS",
    "FEATURE_V_1_4_UUID_TYPE",
}
# Names BigQuery takes for INT64 besides its own.
INTEGERS = ("int", "smallint", "integer", "bigint", "tinyint", "byteint")
# A reply nested deeper than 100 is not parsed; what is told of a statement lies far above this.
DEEPEST = 60
EXTERNAL_PRODUCT = 1  # names of types as BigQuery writes them: FLOAT64, not DOUBLE


class RefusedStatement(Exception):
    """GoogleSQL does not accept a statement; the text says why."""


class GoogleSql:
    """The analyzer, loaded."""

    def __init__(self, cache: Path) -> None:
        """Load the analyzer.

        Args:
            cache: folder that keeps the compiled WASM (40-80 s to make, under 1 s to load).
        """
        self._client = _client(cache)
        options = self._client.call_grpc_func(
            "ZetaSqlLocalService_GetLanguageOptions",
            local_service_pb2.LanguageOptionsRequest(maximum_features=True),
            options_pb2.LanguageOptionsProto,
        )
        self._language = _as_in_bigquery(options)

    def statements(self, sql: str, catalog: Catalog, parameters: Columns) -> Iterator[Statement]:
        """Every statement of a script, resolved against a catalog.

        Raises:
            RefusedStatement: names, types or syntax are wrong.
        """
        request = local_service_pb2.AnalyzeRequest()
        request.options.default_timezone = "UTC"
        request.options.language_options.CopyFrom(self._language)
        for name, type_ in parameters.items():
            request.options.query_parameters.add(name=name).type.CopyFrom(type_)
        request.simple_catalog.CopyFrom(catalog)
        request.parse_resume_location.input = sql
        end = len(sql.rstrip("; \n").encode())
        while request.parse_resume_location.byte_position < end:
            try:
                response = self._client.call_grpc_func(
                    "ZetaSqlLocalService_Analyze", request, _AnalyzeResponse
                )
            except ZetaSQLError as error:
                raise RefusedStatement(str(error)) from error
            request.parse_resume_location.byte_position = response.resume_byte_position
            yield response.resolved_statement

    def catalog(self, project: str, tables: Tables) -> Catalog:
        """The tables as `project.dataset.table`, and as `dataset.table` of the default project."""
        root = Catalog(name="bigquery")
        root.builtin_function_options.language_options.CopyFrom(self._language)
        for name in INTEGERS:
            root.named_type.add(name=name).type.type_kind = type_pb2.TYPE_INT64
        inside = root.catalog.add(name=project)
        for parent in (root, inside):
            datasets: dict[str, Catalog] = {}
            for (dataset, table), columns in tables.items():
                if dataset not in datasets:
                    datasets[dataset] = parent.catalog.add(name=dataset)
                added = datasets[dataset].table.add(name=table)
                for name, type_ in columns.items():
                    added.column.add(name=name, is_writable_column=True).type.CopyFrom(type_)
        return root


def _as_in_bigquery(
    options: options_pb2.LanguageOptionsProto,
) -> options_pb2.LanguageOptionsProto:
    number = options.DESCRIPTOR.fields_by_name["enabled_language_features"].enum_type
    dropped = {number.values_by_name[name].number for name in NOT_IN_BIGQUERY}
    kept = [feature for feature in options.enabled_language_features if feature not in dropped]
    del options.enabled_language_features[:]
    options.enabled_language_features.extend(kept)
    del options.supported_statement_kinds[:]  # none listed means every kind
    options.reserved_keywords.append("QUALIFY")
    options.product_mode = EXTERNAL_PRODUCT
    return options


def _client(cache: Path) -> WasmClient:
    """The package's client, with the compiled module kept on disk and memory copied in blocks."""

    def load(engine: Engine, path: str) -> Module:
        cache.mkdir(parents=True, exist_ok=True)
        kept = cache / f"zetasql-{version('zetasql')}-wasmtime-{version('wasmtime')}.cwasm"
        with (cache / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two that start at once, one compiles
            if kept.exists():
                with contextlib.suppress(WasmtimeError):  # made by another processor: made again
                    return Module.deserialize_file(engine, str(kept))
            module = Module(engine, Path(path).read_bytes())
            with tempfile.NamedTemporaryFile(dir=cache, delete=False) as part:
                part.write(module.serialize())
            Path(part.name).replace(kept)
            return module

    Module.from_file = staticmethod(load)
    return _BlockClient(get_wasm_path())


class _BlockClient(WasmClient):
    """Copies a request or a reply at once; the package does it byte by byte."""

    def _address(self, pointer: int) -> int:
        return ctypes.addressof(self.memory.data_ptr().contents) + pointer

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._address(ptr), data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._address(ptr), size)


class _AnalyzeResponse:
    """Parses a reply of any depth: of calls inside calls inside calls, the innermost are cut."""

    @staticmethod
    def FromString(data: bytes) -> local_service_pb2.AnalyzeResponse:  # noqa: N802 - protobuf's name
        reply = local_service_pb2.AnalyzeResponse
        try:
            return reply.FromString(data)
        except DecodeError:
            return reply.FromString(_shallow(memoryview(data), reply.DESCRIPTOR, DEEPEST))


def _shallow(data: memoryview, kind: Descriptor, depth: int) -> bytes:
    """An encoded message without the messages that lie deeper (protobuf's wire format)."""
    kept, at = bytearray(), 0
    while at < len(data):
        start = at
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == 0:
            _, at = _varint(data, at)
        elif wire == 2:
            size, at = _varint(data, at)
            field = kind.fields_by_number.get(tag >> 3)
            end = at + size
            if field is not None and field.message_type is not None:
                if depth > 0:
                    inner = _shallow(data[at:end], field.message_type, depth - 1)
                    kept += _as_varint(tag) + _as_varint(len(inner)) + inner
                at = end
                continue
            at = end
        else:
            at += {1: 8, 5: 4}[wire]
        kept += data[start:at]
    return bytes(kept)


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
