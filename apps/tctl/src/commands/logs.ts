import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { parseMoment } from '../cli/moments.ts';
import { UsageError } from '../cli/usage-error.ts';
import { logs } from '../table/looking.ts';
import { printLog } from './print-log.ts';

export const logsCommand = command(
  logs,
  async ({ follow = false, since, until, tail, timestamps = false, json = false }, [name = '']) => {
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
    await printLog(await Container.get(name), options, { timestamps, json });
    return 0;
  },
);
