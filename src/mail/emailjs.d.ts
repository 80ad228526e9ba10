/** As much of the library `emailjs` as mailer.ts uses: its own types bring along half of Node, and the rest is nobody's business here. */
declare module 'emailjs' {
  export class SMTPClient {
    constructor(server: {
      readonly host: string;
      readonly port: number;
      readonly timeout: number;
      readonly ssl: boolean;
      readonly tls: boolean;
      readonly user?: string;
      readonly password?: string;
    });
    readonly smtp: { close(force?: boolean): void };
    sendAsync(message: Readonly<Record<string, string>>): Promise<unknown>;
  }
}
