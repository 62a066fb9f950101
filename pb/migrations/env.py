"""Alembic's environment: our tables, the connection that ``pb migrate`` hands over."""

from alembic import context

from pb import migrations
from pb.app import load_features
from pb.core.database import Model

load_features()

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=migrations.described,
)
with context.begin_transaction():
    context.run_migrations()
