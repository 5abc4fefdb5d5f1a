"""Alembic's entry: migrate the connection that `data.work` hands over, inside its transaction."""

from alembic import context

from data.work import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
