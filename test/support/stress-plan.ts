/** What the stress test's containers are, and what is done to them: the same for the same seed. */
import type { ContainerOptions, Limits } from '@tc/core';
import { seededRandom } from './stress-random.ts';

/** Fixed for one run of the test; each process gets it as JSON. */
export interface StressSetting {
  readonly seed: number;
  readonly containers: number;
  readonly processes: number;
  /** How many lives each process leads at once. */
  readonly lanes: number;
  readonly rootfs: string;
  readonly historyPath: string;
  /** What all names begin with. */
  readonly prefix: string;
  /** How long the commands sleep: a number that nobody else uses, so that they can be found. */
  readonly sleepSeconds: string;
  readonly slowness: number;
}

export const ownActs = [
  'create',
  'start',
  'exec',
  'pause',
  'resume',
  'update',
  'rename',
  'stop',
  'kill',
  'wait',
  'inspect',
  'stats',
  'logs',
  'list',
  'remove',
] as const;
export type Act = (typeof ownActs)[number] | 'removeUnforced' | 'prune' | 'cleanUp' | 'renameToSame';

export interface ContainerPlan {
  readonly n: number;
  readonly options: ContainerOptions;
  /** `running`: nobody ends it, and it is there at the end of the test; `created`: neither starts it anybody. */
  readonly survives: 'no' | 'running' | 'created';
  /** It ends by itself, soon. */
  readonly brief: boolean;
  readonly steps: readonly Act[];
}

export const nameOf = ({ prefix }: StressSetting, n: number): string => `${prefix}${n}`;

export function planContainer(setting: StressSetting, n: number): ContainerPlan {
  const random = seededRandom(setting.seed, n);
  const survives = random.chance(0.08) ? (random.chance(0.25) ? 'created' : 'running') : 'no';
  const brief = survives === 'no' && random.chance(0.2);
  const detached = survives !== 'no' || random.chance(0.5);
  const autoRemove = survives === 'no' && random.chance(0.15);
  const restarts = survives === 'no' && !autoRemove && random.chance(0.05);
  const tty = random.chance(0.2);
  const ending = brief ? 'sleep 0.05; exit 7' : `exec sleep ${setting.sleepSeconds}`;
  const limits = random.pick<Limits | undefined>([
    undefined,
    { memory: '64m', pids: 20 },
    { pids: 30 },
    { memory: '48m', pids: 25, cpus: 1.5 },
  ]);
  return {
    n,
    survives,
    brief,
    options: {
      name: nameOf(setting, n),
      rootfs: {
        path: setting.rootfs,
        mode: 'overlay',
        ...(random.chance(0.15) && { upper: 'disk' as const }),
      },
      command: ['sh', '-c', `echo hello ${n}; ${ending}`],
      env: { STRESS: String(n) },
      labels: { stress: String(n) },
      stopTimeout: random.pick([0, '50ms']),
      ...(limits && { limits }),
      ...(detached && { detached }),
      ...(autoRemove && { autoRemove }),
      ...(tty && { tty }),
      ...(restarts && { restart: random.pick(['always', 'on-failure:2'] as const) }),
      ...(random.chance(0.1) && { init: true }),
      ...(random.chance(0.1) && { stdin: 'open' as const }),
    },
    steps: planSteps(survives, seededRandom(setting.seed, n, 1)),
  };
}

function planSteps(survives: ContainerPlan['survives'], random: ReturnType<typeof seededRandom>): Act[] {
  if (survives === 'created') return ['create', 'update', 'rename', 'inspect'];
  const extra = (share: number, ...acts: Act[]) => (random.chance(share) ? [acts] : []);
  const middle: Act[][] = [
    ['exec'],
    ['pause', 'resume'],
    ['update'],
    ['rename'],
    ...extra(0.5, 'inspect'),
    ...extra(0.5, 'exec', 'rename'),
    ...extra(0.4, 'exec', 'exec'),
    ...extra(0.4, 'pause', 'update', 'resume'),
    ...extra(0.3, 'stats'),
    ...extra(0.3, 'logs'),
    ...extra(0.3, 'list'),
    ...extra(0.2, 'pause', 'exec', 'update', 'resume'),
  ];
  if (survives === 'running') return ['create', 'start', ...random.shuffled(middle).flat()];
  const ends: Act[][] = [
    ...extra(0.4, 'stop', 'start'),
    ...extra(0.3, 'kill', 'wait', 'start'),
    ...extra(0.2, 'wait'),
    ...extra(0.3, 'stop', 'update', 'start', 'exec'),
    ...extra(0.2, 'pause', 'stop', 'start'),
  ];
  const finish = extra(0.3, 'stop', 'removeUnforced').flat();
  return ['create', 'start', ...random.shuffled([...middle, ...ends]).flat(), ...finish, 'remove'];
}
