import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { parseMoment } from '../cli/moments.ts';
import { UsageError } from '../cli/usage-error.ts';
import { printLog } from './print-log.ts';

export const logsCommand = command({
  usage: 'logs [OPTIONS] CONTAINER',
  about: 'Prints what a container wrote: its stdout to stdout, its stderr to stderr.',
  options: {
    follow: { short: 'f', about: 'go on until it ends' },
    since: {
      value: 'TIME',
      about: 'only from then on: 10m (ago), 2026-01-31T10:00:00Z, or seconds since 1970',
    },
    until: { value: 'TIME', about: 'only up to then' },
    tail: { short: 'n', value: 'N', about: 'only the last lines, or all' },
    timestamps: { short: 't', about: 'with the time of each line' },
  },
  operands: { atLeast: 1, atMost: 1 },
  async run({ follow = false, since, until, tail, timestamps = false }, [name = '']) {
    const [from, to] = [parseMoment('since', since), parseMoment('until', until)];
    if (tail !== undefined && tail !== 'all' && !/^\d{1,15}$/.test(tail))
      throw new UsageError(`--tail takes a number of lines or all, not ${JSON.stringify(tail)}`);
    await cleanUp();
    const options = {
      follow,
      ...(from === undefined ? {} : { since: from }),
      ...(to === undefined ? {} : { until: to }),
      ...(tail === undefined || tail === 'all' ? {} : { tail: Number(tail) }),
    };
    await printLog(await Container.get(name), options, { timestamps });
    return 0;
  },
});
