"""SQL that BigQuery has and the emulator lacks, put into its own words. A thing it still lacks it
refuses, as ever."""

from collections.abc import Callable

from crucible.dialects.bigquery import statements, transforms
from crucible.dialects.bigquery.transforms.common import rewrite_bottom_up, typed
from crucible.engine import CommandPlan, CrucibleUnsupportedError, ExecContext, Plan, Result
from sqlglot import exp

_plan = statements._plan
_TRANSACTIONS: dict[type[exp.Expr], tuple[str, Callable[[ExecContext], None]]] = {
    exp.Transaction: ("BEGIN_TRANSACTION", ExecContext.begin),
    exp.Commit: ("COMMIT_TRANSACTION", ExecContext.commit),
    exp.Rollback: ("ROLLBACK_TRANSACTION", ExecContext.rollback),
}


def add() -> None:
    """Teach the emulator of this process."""
    transforms.PIPELINE = (("added", _transform), *transforms.PIPELINE)
    statements._plan = _planned


def _planned(tree: exp.Expr, ctx: ExecContext) -> Plan:
    if type(tree) in _TRANSACTIONS:
        kind, act = _TRANSACTIONS[type(tree)]

        def run(c: ExecContext) -> Result:
            act(c)
            return Result(kind)

        return CommandPlan(run, kind)
    if isinstance(tree, exp.Update | exp.Delete):
        return _plan(_as_merge(tree), ctx)
    return _plan(tree, ctx)


def _as_merge(tree: exp.Update | exp.Delete) -> exp.Merge:
    """The same change as a MERGE with one row: each row of the target meets it once."""
    if tree.args.get("from_") or tree.args.get("using"):
        raise CrucibleUnsupportedError("UPDATE or DELETE with a second table")
    then = exp.Update(expressions=tree.expressions) if isinstance(tree, exp.Update) else exp.var(
        "DELETE"
    )  # fmt: skip
    return exp.Merge(
        this=tree.this,
        using=exp.select(exp.alias_("1", "only_row")).subquery("one_row"),
        on=tree.args["where"].this,
        whens=exp.Whens(expressions=[exp.When(matched=True, then=then)]),
    )


def _transform(tree: exp.Expr, ctx: transforms.TransformContext) -> exp.Expr:
    return rewrite_bottom_up(tree, _rewrite)


def _rewrite(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Normalize):
        form = node.args.get("form")
        if form is not None and form.name.upper() != "NFC":
            raise CrucibleUnsupportedError(f"NORMALIZE to {form.name}")
        return typed(exp.Anonymous(this="nfc_normalize", expressions=[node.this.copy()]), "STRING")
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        # 0.9 is a decimal to DuckDB, whose value as a double may be off in its last bit; 0.9e0 not
        parent = node.parent
        typed_otherwise = isinstance(parent, exp.Cast) and not parent.is_type("double", "float")
        if "e" not in node.this.lower() and not typed_otherwise:
            return exp.Literal.number(node.this + "e0")
    if isinstance(node, exp.FarmFingerprint):
        # another number for the same rows, which is all that a fingerprint promises
        struct = node.find(exp.Struct)
        given = struct.expressions if struct else node.expressions
        number = exp.Anonymous(this="hash", expressions=[each.copy() for each in given])
        below = exp.Mod(this=number, expression=exp.Literal.number(2**62))
        return typed(exp.cast(exp.paren(below), "BIGINT"), "INT64")
    if isinstance(node, exp.Datetime) and _is_text(node.args.get("expression")):
        # DATETIME(timestamp, zone): the wall clock there
        local = exp.AtTimeZone(
            this=exp.cast(node.this.copy(), "TIMESTAMPTZ"), zone=node.expression.copy()
        )
        return typed(exp.cast(local, "TIMESTAMP"), "DATETIME")
    return node


def _is_text(node: exp.Expr | None) -> bool:
    return node is not None and node.type is not None and node.type.is_type("text", "varchar")
