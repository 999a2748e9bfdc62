"""What others say of a checkpoint: cosignatures and timestamps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_cosignature",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["audit_checkpoint.size"], name=op.f("fk_audit_cosignature_size_audit_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "name", name=op.f("pk_audit_cosignature")),
    )
    op.create_table(
        "audit_tsr",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("tsa", sa.Text(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["audit_checkpoint.size"], name=op.f("fk_audit_tsr_size_audit_checkpoint")),
        sa.PrimaryKeyConstraint("size", "tsa", name=op.f("pk_audit_tsr")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("audit_tsr")
    op.drop_table("audit_cosignature")
