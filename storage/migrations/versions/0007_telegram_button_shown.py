"""When a button was last shown, so that old ones can be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage import utc
from storage.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("telegram_button", sa.Column("shown_at", UtcDateTime(), nullable=True))
    button = sa.table("telegram_button", sa.column("shown_at", UtcDateTime()))
    op.execute(button.update().values(shown_at=utc()))
    with op.batch_alter_table("telegram_button") as table:
        table.alter_column("shown_at", existing_type=UtcDateTime(), nullable=False)
    op.create_index("ix_telegram_button_shown_at", "telegram_button", ["shown_at"])


def downgrade() -> None:
    op.drop_index("ix_telegram_button_shown_at", "telegram_button")
    with op.batch_alter_table("telegram_button") as table:
        table.drop_column("shown_at")
