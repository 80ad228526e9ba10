-- CreateIndex
CREATE INDEX "sessions_running" ON "sessions"("organization_id", "started_at" DESC, "id" DESC) WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "sessions_closed" ON "sessions"("organization_id", "started_at" DESC, "id" DESC) WHERE (status = 'closed_by_system');

-- CreateIndex
CREATE INDEX "sessions_by_token" ON "sessions"("token_id", "started_at" DESC, "id" DESC) WHERE (token_id IS NOT NULL);

-- By hand: schema.prisma cannot say it. Sessions of a token by its uid, in any case (sessions/read-store.ts, exports/session-store.ts).
CREATE INDEX "sessions_by_token_uid" ON "sessions"("organization_id", lower("token_uid"), "started_at" DESC, "id" DESC) WHERE (token_uid IS NOT NULL);
