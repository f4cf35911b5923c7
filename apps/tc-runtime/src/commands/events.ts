import { eventText, followEvents, statsEvent } from '@tc/core/oci';
import { usage } from '../arguments.ts';
import { writeOut } from '../report.ts';
import type { Command } from './command.ts';

const print = (event: Parameters<typeof eventText>[0]) => writeOut(`${eventText(event)}\n`);

export const events: Command = {
  about: 'Print what a container uses, now and then, and when its memory ran out, as JSON',
  usage: 'events [OPTIONS] ID',
  options: {
    stats: { kind: 'flag', about: 'once, what it uses now' },
    interval: { kind: 'value', about: 'between two looks: 500ms, 5s (the default), 1m30s' },
  },
  async run(args, store) {
    if (args.has('stats')) print(statsEvent(store, args.id()));
    else await followEvents(store, args.id(), intervalOf(args.value('interval') ?? '5s'), print);
    return 0;
  },
};

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds, from a duration as Go writes it. @throws TcError USAGE */
export function intervalOf(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const milliseconds = parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * units[unit as keyof typeof units],
    0,
  );
  const isAll = parts.map(([part]) => part).join('') === text;
  if (isAll && milliseconds > 0 && milliseconds < 2 ** 31) return milliseconds;
  throw usage(`--interval takes a time above 0, such as 5s, and not ${JSON.stringify(text)}`);
}
