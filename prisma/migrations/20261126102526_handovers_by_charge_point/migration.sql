-- CreateIndex
CREATE INDEX "handovers_charge_point_id_idx" ON "handovers"("charge_point_id");
