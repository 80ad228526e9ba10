/** The door of the mail room: plain-text e-mails by SMTP. The one place that sees the library. */
export { createMailer, type Mail, type Mailer, type MailerConfig } from './mailer.ts';
