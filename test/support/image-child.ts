/** A process that works on a store of images until it is killed. Arguments: the data directory, a source, what to do. */
import { writeSync } from 'node:fs';
import { ImageStore } from '@tc/images';

export type ImageAct = 'import' | 'pull' | 'load' | 'commit';

const [dataDir = '', source = '', mode = 'import'] = process.argv.slice(2);
const store = new ImageStore({ dataDir });
const name = 'killed:1';

/** Makes `name` of an archive, an image of a registry, an archive of images, or a directory. */
const acts: Readonly<Record<ImageAct, () => Promise<unknown>>> = {
  import: () => store.import(source, name),
  load: () => store.load(source, { name }),
  commit: () => store.commit([source], name),
  pull: async () => {
    await store.pull(source, { credentials: 'anonymous' });
    await store.tag(source, name);
    await store.remove(source);
  },
};

writeSync(1, 'ready\n');
if (mode === 'once') await store.import(source, 'shared');
// Each turn makes an image and removes it: what is added, and what is removed, can be interrupted anywhere.
while (mode !== 'once') {
  await acts[mode as ImageAct]();
  await acts[mode as ImageAct](); // with the image there, which must stay good
  await store.tag(name, 'killed:2');
  await store.remove(name);
  await store.remove('killed:2');
  writeSync(1, '.');
}
