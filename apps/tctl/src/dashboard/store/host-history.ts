import type { HostFigures } from '@tc/monitor';
import { Ring } from './ring.ts';

const capacity = 256;

/** What the meters of the header draw beside them. */
export class HostHistory {
  readonly cpu: Ring;
  readonly memory: Ring;

  constructor(cpu = new Ring(capacity), memory = new Ring(capacity)) {
    this.cpu = cpu;
    this.memory = memory;
  }

  push({ cpuShare, memoryBytes, memoryTotalBytes }: HostFigures): void {
    this.cpu.push(cpuShare ?? Number.NaN);
    this.memory.push(memoryBytes / memoryTotalBytes);
  }

  copy(): HostHistory {
    return new HostHistory(this.cpu.copy(), this.memory.copy());
  }
}
