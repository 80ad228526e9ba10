-- AlterTable
ALTER TABLE "user_logins" ADD COLUMN     "sso_mfa" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "sso_organization_id" TEXT;

-- CreateTable
CREATE TABLE "single_sign_ons" (
    "organization_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "client_secret" BYTEA NOT NULL,
    "email_domains" TEXT[],
    "default_role" TEXT,
    "enforced" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "single_sign_ons_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "user_identities" (
    "organization_id" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_identities_pkey" PRIMARY KEY ("organization_id","issuer","subject")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_identities_organization_id_user_id_issuer_key" ON "user_identities"("organization_id", "user_id", "issuer");

-- CreateIndex
CREATE INDEX "user_logins_sso_organization_id_idx" ON "user_logins"("sso_organization_id");
