import type { ExplainedStep, LaunchProgram, Step, Volume } from '@tc/core';
import * as core from '@tc/core';
import type { Equal, Expect } from './equal.ts';

/** All values that there are. Types are used in the other files of this folder. */
export type Values = Expect<
  Equal<
    keyof typeof core,
    | 'assemble'
    | 'checkHost'
    | 'cleanUpAbandoned'
    | 'compileRun'
    | 'Container'
    | 'createVolume'
    | 'defaultCapabilities'
    | 'defaultSeccompProfile'
    | 'explain'
    | 'explainSteps'
    | 'listVolumes'
    | 'makeRaw'
    | 'maxOverlayLayers'
    | 'parseCapabilities'
    | 'parseDevice'
    | 'parseMount'
    | 'parseRlimit'
    | 'parseSize'
    | 'parseTmpfs'
    | 'pruneVolumes'
    | 'readSeccompProfile'
    | 'removeVolume'
    | 'run'
    | 'RunError'
    | 'SyscallError'
    | 'TcError'
    | 'terminalSize'
  >
>;

export type OfContainer = Expect<
  Equal<
    keyof typeof core.Container,
    'create' | 'events' | 'fromBundle' | 'get' | 'list' | 'prune' | 'prototype'
  >
>;
export type OfAContainer = Expect<
  Equal<
    keyof core.Container,
    | 'attach'
    | 'events'
    | 'exec'
    | 'files'
    | 'id'
    | 'inspect'
    | 'kill'
    | 'logs'
    | 'name'
    | 'pause'
    | 'remove'
    | 'rename'
    | 'restart'
    | 'resume'
    | 'start'
    | 'stats'
    | 'stop'
    | 'update'
    | 'wait'
    | typeof Symbol.asyncDispose
  >
>;

export type OneVolume = Expect<
  Equal<
    Volume,
    {
      readonly name: string;
      readonly path: string;
      readonly createdAt: Date;
      readonly labels: Readonly<Record<string, string>>;
    }
  >
>;
const volumes: [Volume, Volume[], string[]] = [
  await core.createVolume('data', { labels: { of: 'web' } }),
  await core.listVolumes(),
  await core.pruneVolumes({ filter: ({ labels }) => labels['keep'] === undefined }),
];
void volumes;
await core.removeVolume('data');

const abandoned: string[] = await core.cleanUpAbandoned();
const bytes: number = core.parseSize('64m');
const devices: core.Device[] = [core.parseDevice('/dev/zero:/dev/z:r')];
const mounts: core.Mount[] = [core.parseMount('/srv:/srv:ro'), core.parseTmpfs('/tmp:size=1m')];
const capabilities: readonly core.CapabilityName[] = core.defaultCapabilities;
void [abandoned, bytes, devices, mounts, capabilities];

declare const program: LaunchProgram;
const steps: readonly Step[] = program.steps;
const explained: ExplainedStep[] = core.explainSteps(program);
const image: Uint8Array = core.assemble(program, 'x64');
void [steps, explained, image];
