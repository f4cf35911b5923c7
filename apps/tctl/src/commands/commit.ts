import { Container } from '@tc/core';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import { commit } from '../table/images.ts';
import { containerLayers } from './container-layers.ts';
import { imageStore } from './image-users.ts';
import { parseChanges } from './import.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const commitCommand = command(
  commit,
  async (
    { change = [], message, author, json = false, 'no-pause': goesOn = false },
    [container = '', name],
  ) => {
    const { upper, lower, image: base } = await containerLayers(container);
    if (upper === undefined)
      throw new UsageError(`${container} has written nothing yet`, 'tctl start starts it.');
    const store = imageStore();
    const layers = [upper, ...lower];
    const below = lower.length === 0 ? undefined : await store.imageOf(lower, base);
    const settings = parseChanges(change, below?.config.settings);
    const image = await whilePaused(container, goesOn, () =>
      untilInterrupted((signal) =>
        store.commit(layers, name, {
          signal,
          settings,
          below: base,
          ...(message !== undefined && { comment: message }),
          ...(author !== undefined && { author }),
        }),
      ),
    );
    writeOut(json ? jsonText(image) : `${image.id}\n`);
    return 0;
  },
);

async function whilePaused<T>(name: string, goesOn: boolean, act: () => Promise<T>): Promise<T> {
  const container = await Container.get(name);
  if (goesOn || (await container.inspect()).state !== 'running') return act();
  await container.pause();
  try {
    return await act();
  } finally {
    await container.resume();
  }
}
