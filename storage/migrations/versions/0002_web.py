"""The web chat's conversations and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "web_conversation",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "web_event",
        sa.Column(
            "conversation",
            sa.String(64),
            sa.ForeignKey("web_conversation.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("message_id", sa.String(80), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_index("one_event_a_message", "web_event", ["conversation", "message_id", "kind"], unique=True)
    op.create_index("ix_web_event_created_at", "web_event", ["created_at"])


def downgrade() -> None:
    op.drop_table("web_event")
    op.drop_table("web_conversation")
