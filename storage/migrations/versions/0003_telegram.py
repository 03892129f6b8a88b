"""Telegram's updates, buttons and chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telegram_update",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chat", sa.BigInteger(), nullable=True),
        sa.Column("heard", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("outgoing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_telegram_update_chat", "telegram_update", ["chat"])
    op.create_index("ix_telegram_update_received_at", "telegram_update", ["received_at"])
    op.create_table(
        "telegram_button",
        sa.Column("data", sa.String(64), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
    )
    op.create_table(
        "telegram_chat",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(8), nullable=True),
        sa.Column("start_code", sa.String(64), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_telegram_chat_seen_at", "telegram_chat", ["seen_at"])


def downgrade() -> None:
    op.drop_table("telegram_chat")
    op.drop_table("telegram_button")
    op.drop_table("telegram_update")
