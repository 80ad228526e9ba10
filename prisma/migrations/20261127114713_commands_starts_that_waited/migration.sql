-- dynamo:no-transaction
-- Remote starts that waited for their charger are found by when they were sent, which their ids do not tell (src/commands/store.ts).
CREATE INDEX CONCURRENTLY "commands_starts_that_waited" ON "commands"("charge_point_id", "sent_at") WHERE (expires_at IS NOT NULL AND session_id IS NULL AND (action = 'RemoteStartTransaction' OR action = 'RequestStartTransaction'));
