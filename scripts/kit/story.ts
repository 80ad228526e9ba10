/** Lines that tell what happens: elapsed time, who, topic, text, in columns. Colours only on a terminal that wants them (NO_COLOR is honoured). */

export type Tone = 'plain' | 'good' | 'bad' | 'dim' | 'bold';
export type Story = {
  line(who: string, topic: string, text: string, tone?: Tone): void;
  /** A line that stands by itself. */
  heading(text: string): void;
  elapsedS(): number;
};

const CODES: Readonly<Record<Tone, string>> = { plain: '', good: '32', bad: '31', dim: '2', bold: '1' };

export function createStory(options: {
  readonly whoWidth: number;
  readonly colours: boolean;
  readonly write: (line: string) => void;
}): Story {
  const begun = performance.now();
  const elapsedS = () => (performance.now() - begun) / 1000;
  const paint = (tone: Tone, text: string): string => {
    const code = CODES[tone];
    return options.colours && code !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
  return {
    elapsedS,
    line(who, topic, text, tone = 'plain') {
      const time = elapsedS().toFixed(1).padStart(7);
      options.write(
        `${paint('dim', `${time}s`)}  ${who.padEnd(options.whoWidth)}  ${paint('dim', topic.padEnd(8))} ${paint(tone, text)}`,
      );
    },
    heading: (text) => options.write(`\n${paint('bold', text)}`),
  };
}

export const wantsColours = (): boolean => process.stdout.isTTY === true && process.stdout.hasColors();
