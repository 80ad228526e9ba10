/** As much of the library `emailjs` as mailer.ts uses: its own types bring along half of Node, and the rest is nobody's business here. */
declare module 'emailjs' {
  import type { Socket } from 'node:net';
  export class SMTPClient {
    constructor(server: {
      readonly host: string;
      readonly port: number;
      readonly timeout: number;
      readonly ssl: false | object;
      readonly tls: boolean;
      readonly user?: string;
      readonly password?: string;
    });
    readonly smtp: {
      readonly sock: Socket | null;
      connect: (callback: (error: Error | null) => void) => void;
      close(force?: boolean): void;
    };
    sendAsync(message: Readonly<Record<string, string>>): Promise<unknown>;
  }
}
