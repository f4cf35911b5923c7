import { Container } from '@tc/core';
import { sleepCommand } from '../oci-sleeper.ts';
import { limits } from '../spawn/tctl.ts';
import type { Workplace } from '../workplace.ts';
import { eightAtATime, type Fleet } from './fleet.ts';
import { processesWhere } from './memory.ts';

export function tctlFleet(place: Workplace): Fleet {
  const containers: Container[] = [];
  return {
    name: 'tctl-shim',
    start: (count) =>
      eightAtATime(count, async () => {
        const options = { rootfs: place.rootfs, command: sleepCommand, name: place.id() };
        const container = await Container.create({ ...options, limits, detached: true });
        containers.push(container);
        await container.start();
      }),
    supervisors() {
      const ids = new Set(containers.map(({ id }) => id));
      return processesWhere(([name, id = '']) => name === 'tctl-shim' && ids.has(id));
    },
    async remove() {
      const all = containers.splice(0);
      await eightAtATime(all.length, async (index) => all[index]?.remove({ force: true }));
    },
  };
}
