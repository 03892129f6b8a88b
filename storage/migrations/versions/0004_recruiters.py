"""Recruiters' accounts and sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recruiter",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(120), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "recruiter_session",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "recruiter_id", sa.Integer(), sa.ForeignKey("recruiter.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_recruiter_session_recruiter_id", "recruiter_session", ["recruiter_id"])
    op.create_index("ix_recruiter_session_expires_at", "recruiter_session", ["expires_at"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_sign_in_attempt_key", "sign_in_attempt", ["key"])
    op.create_index("ix_sign_in_attempt_tried_at", "sign_in_attempt", ["tried_at"])


def downgrade() -> None:
    op.drop_table("sign_in_attempt")
    op.drop_table("recruiter_session")
    op.drop_table("recruiter")
