-- dynamo:no-transaction
-- What the system asked for is forgotten sooner than what people did (src/commands/retention-store.ts).
CREATE INDEX CONCURRENTLY "commands_of_system" ON "commands"("id") WHERE (requested_by = 'system');
