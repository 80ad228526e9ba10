-- What was asked of one thing is found by the first id in the sealed target, {"id":"cp_…"}: the fourth between quotes. (An index of an
-- expression, which schema.prisma cannot say.)
CREATE INDEX "audit_entries_organization_id_target_id_position_idx"
  ON "audit_entries"("organization_id", split_part("target", '"', 4), "position");
