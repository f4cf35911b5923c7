import { threadId } from 'node:worker_threads';
import type { Pace } from '../figures/sources.ts';
import { CgroupReader } from './cgroup-reader.ts';
import { SamplerControl } from './control.ts';
import { DescriptorBudget, ReadBuffer } from './descriptors.ts';
import { fillSample } from './fill-sample.ts';
import type { Entry, FromSampler, SamplerTask, ToSampler } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { networkNamespaceOf } from './network.ts';
import { SampleMemory, slotsInChunk } from './sample-memory.ts';

/** Rare files are read at each so many turns of slow ones. */
const rareEvery = 4;

interface Member {
  readonly ref: number;
  readonly reader: CgroupReader;
  looked: boolean;
  /** What is to be read at the next chance: all where it is new, or looked at from now on. */
  due: Pace;
  costUsec: number;
}

/** The task of a sampling thread: it ends when it is told to. */
export function sample(task: SamplerTask): Promise<void> {
  return new Promise((resolve) => new Sampler(task, resolve).start());
}

class Sampler {
  readonly #task: SamplerTask;
  readonly #onEnd: () => void;
  readonly #members = new Map<number, Member>();
  readonly #chunks: SampleMemory[];
  readonly #control: SamplerControl;
  readonly #buffer = new ReadBuffer();
  readonly #budget: DescriptorBudget;
  readonly #ownNetwork = networkNamespaceOf('self');
  #timer: NodeJS.Timeout | undefined;

  constructor(task: SamplerTask, onEnd: () => void) {
    this.#task = task;
    this.#onEnd = onEnd;
    this.#chunks = task.chunks.map((buffer) => new SampleMemory(buffer));
    this.#control = new SamplerControl(task.control);
    this.#budget = new DescriptorBudget(task.descriptors, this.#control.descriptors);
  }

  start(): void {
    this.#post({ type: 'hello', threadId });
    this.#task.port.on('message', (message: ToSampler) => this.#receive(message));
    this.#add(this.#task.entries);
    this.#tick();
  }

  #post(message: FromSampler): void {
    this.#task.port.postMessage(message);
  }

  #receive(message: ToSampler): void {
    if (message.type === 'chunk') this.#chunks.push(new SampleMemory(message.buffer));
    else if (message.type === 'add') this.#add(message.entries);
    else if (message.type === 'remove') this.#remove(message.refs);
    else if (message.type === 'look') this.#look(new Set(message.refs));
    else this.#stop();
  }

  #add(entries: readonly Entry[]): void {
    for (const { ref, directories, isContainer, looked } of entries) {
      const reader = new CgroupReader(directories, {
        buffer: this.#buffer,
        budget: this.#budget,
        isContainer,
        ownNetwork: this.#ownNetwork,
      });
      this.#members.set(ref, { ref, reader, looked, due: 'rare', costUsec: 0 });
    }
  }

  #remove(refs: readonly number[]): void {
    for (const ref of refs) this.#drop(ref);
    this.#post({ type: 'removed', refs });
  }

  #drop(ref: number): void {
    this.#members.get(ref)?.reader.close();
    this.#members.delete(ref);
  }

  /** What somebody has just begun to look at is read at once. */
  #look(refs: ReadonlySet<number>): void {
    for (const member of this.#members.values()) {
      const looked = refs.has(member.ref);
      if (looked && !member.looked) member.due = 'rare';
      member.looked = looked;
    }
    this.#read([...this.#members.values()].filter(({ due, looked }) => due === 'rare' && looked));
  }

  #tick(): void {
    const { startMs, intervalMs, slowEvery } = this.#task;
    const began = monotonicMs();
    const tick = Math.max(0, Math.floor((began - startMs) / intervalMs + 0.01));
    // Each cgroup has its turn in another tick.
    for (const member of this.#members.values()) {
      const turn = tick + member.ref;
      if (turn % (slowEvery * rareEvery) === 0) member.due = 'rare';
      else if (turn % slowEvery === 0 && member.due !== 'rare') member.due = 'slow';
    }
    this.#read(this.#members.values());
    const ended = monotonicMs();
    this.#post({ type: 'tick', tick, costMs: ended - began });
    // Ticks that were missed are left out.
    const next = Math.max(tick + 1, Math.ceil((ended - startMs) / intervalMs));
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, startMs + next * intervalMs - ended));
  }

  #read(members: Iterable<Member>): void {
    const gone: number[] = [];
    for (const member of members) if (!this.#readOne(member)) gone.push(member.ref);
    for (const ref of gone) this.#drop(ref);
    if (gone.length > 0) this.#post({ type: 'gone', refs: gone });
  }

  #readOne(member: Member): boolean {
    const { ref, reader, looked, due } = member;
    const began = monotonicMs();
    this.#control.begin(ref, began);
    const reading = reader.read(looked ? 'rare' : due, looked);
    this.#control.end();
    if (reading === 'gone') return false;
    member.due = 'running';
    const cost = (monotonicMs() - began) * 1000;
    member.costUsec = member.costUsec === 0 ? cost : member.costUsec * 0.8 + cost * 0.2;
    const memory = this.#chunks[Math.floor(ref / slotsInChunk)];
    if (memory === undefined) return true;
    const slot = ref % slotsInChunk;
    if (reading === 'same') return memory.confirm(slot, began);
    fillSample(memory.draft(slot), reader, member.costUsec, memory.newest(slot));
    memory.publish(slot);
    return true;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    for (const ref of [...this.#members.keys()]) this.#drop(ref);
    this.#task.port.close();
    this.#onEnd();
  }
}
