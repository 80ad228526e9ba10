-- CreateIndex
CREATE INDEX "charge_points_serial_number_idx" ON "charge_points"("serial_number");

-- Whose certificate it is that a charger shows, by the fingerprint of what was signed. (An index of an expression, which schema.prisma
-- cannot say.)
CREATE INDEX "certificate_requests_leaf"
  ON "certificate_requests"(encode(sha256(decode(split_part(split_part("chain", '-----BEGIN CERTIFICATE-----', 2), '-----END', 1), 'base64')), 'hex'))
  WHERE "chain" IS NOT NULL;
