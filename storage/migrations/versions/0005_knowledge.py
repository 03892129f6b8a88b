"""Revisions of articles, and the turns kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("article_id", sa.String(120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("published_by", sa.String(120), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("article_id", "number"),
    )
    op.create_index("ix_revision_article_id", "revision", ["article_id"])
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("intent", sa.String(80), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("handled_by", sa.String(120), nullable=True),
        sa.Column("handled_note", sa.Text(), nullable=True),
    )
    op.create_index("ix_turn_sender", "turn", ["sender"])
    op.create_index("ix_turn_outcome", "turn", ["outcome"])
    op.create_index("ix_turn_created_at", "turn", ["created_at"])


def downgrade() -> None:
    op.drop_table("turn")
    op.drop_table("revision")
