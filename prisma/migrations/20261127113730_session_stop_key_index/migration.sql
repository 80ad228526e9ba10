-- dynamo:no-transaction
-- A stop that named no session of ours is known again when it is repeated. (Hardly any session is ever in it.)
CREATE INDEX CONCURRENTLY "sessions_by_stop_key" ON "sessions"("charge_point_id", "stop_key") WHERE (stop_key IS NOT NULL);
