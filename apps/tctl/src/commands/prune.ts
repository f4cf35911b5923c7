import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { pruneFilter } from '../cli/prune-filters.ts';
import { prune } from '../table/life.ts';

export const pruneCommand = command(prune, async ({ all = false, json = false, filter }) => {
  const isMeant = pruneFilter(filter);
  await cleanUp();
  const removed = await Container.prune({ created: all, filter: isMeant });
  writeOut(json ? jsonText(removed) : removed.map((id) => `${id}\n`).join(''));
  return 0;
});
