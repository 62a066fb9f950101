"""Alembic's environment: our tables, the connection that ``pb migrate`` hands over."""

from alembic import context

from pb.app import load_features
from pb.core.database import Model

load_features()

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
