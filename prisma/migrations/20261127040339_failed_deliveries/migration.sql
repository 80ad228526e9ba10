-- dynamo:no-transaction
-- A recovery goes through what failed in the order of the events, a thousand at a time. (Nothing that is delivered is ever in it.)
CREATE INDEX CONCURRENTLY "webhook_deliveries_failed_events" ON "webhook_deliveries"("endpoint_id", "event_id", "id") WHERE (status = 'failed');
