import { basename, join } from 'node:path';
import { TcError } from '@tc/linux';
import { type Controller, isLimit, type SettingContext } from './controller.ts';
import { controllers } from './controllers.ts';
import { cpuset } from './cpuset.ts';
import { devices, deviceWrites } from './devices.ts';
import { writeDiagnoses } from './diagnoses.ts';
import { enableWrites } from './enable.ts';
import type { Hierarchy, Home, Layout } from './layout.ts';
import { limitNames, type NormalLimits } from './limits.ts';
import type { CgroupManager, CgroupRequest } from './manager.ts';
import { cgroupName, checkParent, normaliseParent } from './placement.ts';
import type { CgroupPlan, CgroupUsage, CgroupWrite } from './plan.ts';

/** A controller that a plan uses. */
interface Use extends Home {
  readonly controller: Controller;
  /** A limit asks for it; else it is there for its figures. */
  readonly required: boolean;
}

type Refuse = SettingContext['unsupported'];

function chooseControllers(layout: Layout, limits: NormalLimits, refuse: Refuse): Use[] {
  const uses: Use[] = [];
  for (const controller of controllers) {
    const asked = controller.limits.filter((name) => isLimit(limits, name));
    const required = asked.length > 0;
    if (!required && !controller.always) continue;
    const home = layout.home(controller);
    if (home !== undefined) {
      uses.push({ ...home, controller, required });
    } else if (required) {
      const { problem, hint } = layout.whyMissing(controller);
      for (const name of asked) refuse(name, problem, hint);
    }
  }
  // No process can join a v1 hierarchy that cpuset shares before its cpuset is filled in.
  const shared = uses.find(
    ({ hierarchy }) => hierarchy.version === 1 && hierarchy.controllers.includes('cpuset'),
  );
  if (shared !== undefined && !uses.some(({ controller }) => controller === cpuset)) {
    uses.push({ hierarchy: shared.hierarchy, driver: cpuset.v1, controller: cpuset, required: false });
  }
  return uses;
}

/** Controllers that share a hierarchy share a directory. */
function hierarchiesOf(uses: readonly Use[], unified: Hierarchy | undefined): Hierarchy[] {
  const byMountPoint = new Map<string, Hierarchy>();
  for (const { hierarchy } of uses) byMountPoint.set(hierarchy.mountPoint, hierarchy);
  if (unified !== undefined) byMountPoint.set(unified.mountPoint, unified);
  return [...byMountPoint.values()];
}

function enablesOf(layout: Layout, parent: string, uses: readonly Use[]): CgroupWrite[] {
  if (layout.unified === undefined) return [];
  const names = (required: boolean) =>
    uses.flatMap(({ hierarchy, driver, required: is }) =>
      hierarchy.version === 2 && driver.controller !== undefined && is === required
        ? [driver.controller]
        : [],
    );
  const { mountPoint } = layout.unified;
  return enableWrites({ mountPoint, parent }, { required: names(true), wanted: names(false) }, layout.facts);
}

function viewOf(
  hierarchies: readonly Hierarchy[],
  directoryOf: (hierarchy: Hierarchy) => string,
): CgroupPlan['view'] {
  const [only] = hierarchies;
  if (only?.version === 2 && hierarchies.length === 1) return [{ name: '', directory: directoryOf(only) }];
  const view = new Map<string, string>();
  for (const hierarchy of hierarchies) {
    const name = basename(hierarchy.mountPoint);
    if (!view.has(name)) view.set(name, directoryOf(hierarchy));
  }
  return [...view].map(([name, directory]) => ({ name, directory }));
}

function makePlan(layout: Layout, request: CgroupRequest): { plan: CgroupPlan; warnings: string[] } {
  const { limits, onUnsupported = 'error' } = request;
  const name = cgroupName(request.id);
  const parent = normaliseParent(request.parent);
  const warnings: string[] = [];
  const refuse: Refuse = (limit, problem, hint) => {
    const operation = `set ${limitNames[limit]}`;
    if (onUnsupported === 'error') throw new TcError(problem, { code: 'LIMIT_UNSUPPORTED', operation, hint });
    warnings.push(`${operation}: ${problem}. It is left out. ${hint}`);
  };
  const uses = chooseControllers(layout, limits, refuse);
  const { deviceRules } = request;
  const inV1 = deviceRules !== undefined && layout.unified === undefined ? deviceHome(layout) : undefined;
  if (inV1 !== undefined) uses.push(inV1);
  const hierarchies = hierarchiesOf(uses, layout.unified);
  for (const { mountPoint } of hierarchies) checkParent(mountPoint, parent, layout.facts);
  const directoryOf = ({ mountPoint }: Hierarchy) => join(mountPoint, parent, name);
  const writes = uses.flatMap(({ hierarchy, driver }) => {
    const parentFile = (file: string) => layout.facts.read(join(hierarchy.mountPoint, parent, file));
    return driver.settings(limits, { parentFile, unsupported: refuse }).map(
      ({ file, ...setting }): CgroupWrite => ({
        ...setting,
        path: join(directoryOf(hierarchy), file),
        optional: setting.optional === true || onUnsupported === 'warn',
        diagnose: { ...writeDiagnoses(file), ...setting.diagnose },
      }),
    );
  });
  const plan: CgroupPlan = {
    enable: enablesOf(layout, parent, uses),
    directories: hierarchies.map(directoryOf),
    writes: [
      ...writes,
      ...(inV1 === undefined ? [] : deviceWrites(directoryOf(inV1.hierarchy), deviceRules ?? [])),
    ],
    deviceRules: layout.unified === undefined ? undefined : deviceRules,
    join: {
      tasks: hierarchies
        .filter(({ version }) => version === 1)
        .map((each) => join(directoryOf(each), 'tasks')),
      into: layout.unified === undefined ? undefined : directoryOf(layout.unified),
    },
    figures: uses.flatMap(({ hierarchy, driver }) =>
      driver.figures.map((figure) => ({ name: figure, path: join(directoryOf(hierarchy), figure) })),
    ),
    freezer: uses
      .filter(({ driver }) => driver.controller === 'freezer')
      .map(({ hierarchy }) => join(directoryOf(hierarchy), 'freezer.state'))[0],
    view: viewOf(hierarchies, directoryOf),
  };
  return { plan, warnings };
}

function deviceHome(layout: Layout): Use {
  const home = layout.home(devices);
  if (home !== undefined) return { ...home, controller: devices, required: true };
  const { problem, hint } = layout.whyMissing(devices);
  throw new TcError(problem, { code: 'DEVICES_UNSUPPORTED', operation: 'limit the devices', hint });
}

const NO_USAGE: CgroupUsage = {
  maxMemoryBytes: undefined,
  cpuUsec: undefined,
  cpuUserUsec: undefined,
  cpuSystemUsec: undefined,
  oomKills: undefined,
  pidsLimitHits: undefined,
};

/** What the three managers share. */
export function makeManager(layout: Layout): CgroupManager {
  return {
    mode: layout.mode,
    plan: (request) => makePlan(layout, request),
    usage(figures) {
      // A file that could not be read comes as an empty text.
      const read = new Map([...figures].filter(([, text]) => text !== ''));
      const parts = controllers.map((controller) => layout.home(controller)?.driver.usage(read));
      return Object.assign({ ...NO_USAGE }, ...parts);
    },
  };
}
