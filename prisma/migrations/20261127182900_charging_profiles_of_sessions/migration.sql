-- dynamo:no-transaction
-- Profiles of sessions that may have ended (src/smart-charging/retention-store.ts).
CREATE INDEX CONCURRENTLY "charging_profiles_of_sessions" ON "charging_profiles"("id") WHERE ((status = 'active'::text) AND (purpose = 'tx'::text));
