/**
 * One list of steps for two runtimes. What a step expects is what happens with runc; tc-runtime has to do the same. So
 * an expectation that only ours meets fails, too. The outcomes are printed as a table, and written down for
 * tools/oci-report.mjs where that asks for it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { table } from '../../../bench/table.ts';
import { installed } from '../../../support/installed.ts';
import { type Need, requires } from '../../../support/requires.ts';
import { repository } from '../command.ts';
import { type Runtime, runtimes } from './runtimes.ts';

export interface Step<Engine> {
  /** A row of the report. */
  readonly title: string;
  readonly needs?: readonly Need[];
  /** How tc-runtime differs on purpose, and why; the step then expects that of it. */
  readonly differs?: string;
  /** @throws where something else happens than has to */
  readonly act: (engine: Engine, runtime: Runtime) => Promise<void>;
}

export interface Client<Engine> {
  /** As it is called in the report: `podman run`. */
  readonly name: string;
  readonly needs: readonly Need[];
  /** What the report says about the machine: `podman 4.3.1`. Not asked for where a need is missing. */
  readonly version: () => string;
  readonly engine: (runtime: Runtime) => Engine;
}

type Outcome = 'ok' | `skipped: ${string}` | `fails: ${string}`;

export function compare<Engine>(client: Client<Engine>, steps: readonly Step<Engine>[]): void {
  const outcomes = new Map<string, Outcome>();
  const keyOf = (step: Step<Engine>, { name }: Runtime) => `${step.title}\0${name}`;
  describe(client.name, () => {
    for (const step of steps) {
      for (const runtime of runtimes) {
        it(`${step.title}: ${runtime.name}`, async (context) => {
          const record = (outcome: Outcome) => outcomes.set(keyOf(step, runtime), outcome);
          const needs = [...client.needs, installed('runc'), ...(step.needs ?? [])];
          const missing = needs.map((need) => need()).find((reason) => reason !== undefined);
          if (missing !== undefined) record(`skipped: ${missing}`);
          requires(context, ...needs);
          try {
            await step.act(client.engine(runtime), runtime);
            record('ok');
          } catch (error) {
            record(`fails: ${(error as Error).message.split('\n')[0]?.slice(0, 120)}`);
            throw error;
          }
        });
      }
    }
  });

  it(`${client.name}: docs/oci.md has these steps`, () => {
    const page = readFileSync(join(repository, 'docs/oci.md'), 'utf8');
    const missing = steps.filter(({ title }) => !page.includes(`\n| ${title} |`));
    expect(
      missing.map(({ title }) => title),
      'node tools/oci-report.mjs --write',
    ).toEqual([]);
  });

  afterAll(() => {
    const rows = steps.map((step) => {
      const [ofRunc, ofOurs] = runtimes.map((runtime) => outcomes.get(keyOf(step, runtime)) ?? 'not run');
      const shown = ofOurs === 'ok' && step.differs !== undefined ? `differs: ${step.differs}` : ofOurs;
      return [step.title, ofRunc ?? '', shown ?? ''];
    });
    console.log(`\n${table([client.name, ...runtimes.map(({ name }) => name)], rows)}\n`);
    const directory = process.env['OCI_REPORT'];
    if (directory === undefined) return;
    const version = client.needs.some((need) => need() !== undefined) ? 'not installed' : client.version();
    const file = join(directory, `${client.name.replaceAll(/\W+/g, '-')}.json`);
    writeFileSync(file, JSON.stringify({ client: client.name, version, rows }));
  });
}
