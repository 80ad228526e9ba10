-- dynamo:no-transaction
-- Whether a limit may have been taken away since it was taken (src/load-management/look-store.ts).
CREATE INDEX CONCURRENTLY "commands_clears" ON "commands"("charge_point_id", "sent_at") WHERE (action = 'ClearChargingProfile');
