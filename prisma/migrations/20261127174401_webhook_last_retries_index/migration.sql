-- dynamo:no-transaction
-- What waits for its last retry and may have it earlier (src/webhooks/health-store.ts).
CREATE INDEX CONCURRENTLY "webhook_deliveries_early" ON "webhook_deliveries"("endpoint_id", "next_attempt_at") WHERE (status = 'pending' AND may_come_early);
