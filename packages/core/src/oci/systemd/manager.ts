/** systemd's manager, as far as a container's scope needs it: org.freedesktop.systemd1(5). */
import { TcError } from '@tc/linux';
import { BusConnection, BusError, type Call } from './dbus/connection.ts';
import type { Message } from './dbus/message.ts';
import type { Value, Variant } from './dbus/wire.ts';
import { Jobs } from './jobs.ts';
import { type Property, property } from './properties.ts';
import { type ManagerSocket, managerSockets } from './sockets.ts';

const name = 'org.freedesktop.systemd1';
const manager = { destination: name, path: '/org/freedesktop/systemd1', interface: `${name}.Manager` };
const bus = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};
const jobsOnly = `type='signal',sender='${name}',interface='${manager.interface}',member='JobRemoved'`;

const operation = 'ask systemd';

export class SystemdManager implements Disposable {
  readonly #connection: BusConnection;
  readonly #jobs: Jobs;

  private constructor(connection: BusConnection, jobs: Jobs) {
    this.#connection = connection;
    this.#jobs = jobs;
  }

  /** @throws TcError SYSTEMD_UNREACHABLE */
  static async connect(user: boolean): Promise<SystemdManager> {
    const failures: unknown[] = [];
    for (const socket of managerSockets(user)) {
      try {
        return await SystemdManager.#open(socket);
      } catch (error) {
        failures.push(error);
      }
    }
    const [cause] = failures;
    throw new TcError(cause === undefined ? 'there is no socket of its' : (cause as Error).message, {
      code: 'SYSTEMD_UNREACHABLE',
      operation: `connect with systemd’s manager of ${user ? 'this user' : 'the machine'}`,
      hint: user
        ? 'Set XDG_RUNTIME_DIR as loginctl enable-linger sets it up, or use the cgroupfs driver: podman --cgroup-manager cgroupfs.'
        : 'Does systemd run here? Else use the cgroupfs driver: podman --cgroup-manager cgroupfs, Docker native.cgroupdriver=cgroupfs.',
      cause,
    });
  }

  static async #open({ path, isBus }: ManagerSocket): Promise<SystemdManager> {
    const jobs = new Jobs();
    const connection = await BusConnection.open(path, (signal) => jobs.note(signal));
    const opened = new SystemdManager(connection, jobs);
    try {
      if (isBus) {
        await connection.call({ ...bus, member: 'Hello' });
        await connection.call({ ...bus, member: 'AddMatch', signature: 's', body: [jobsOnly] });
        await opened.#ask({ ...manager, member: 'Subscribe' });
      }
      return opened;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /** Its own cgroup, in which all others are: `''` of the machine, `/user.slice/.../user@1000.service` of a user. */
  async controlGroup(): Promise<string> {
    const { body } = await this.#call({
      ...manager,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [manager.interface, 'ControlGroup'],
    });
    return String((body[0] as Variant | undefined)?.value ?? '');
  }

  /**
   * Makes a scope with a process in it.
   * @throws TcError CGROUP_IN_USE, SYSTEMD_REFUSED
   */
  async startScope(unit: string, pid: number, properties: readonly Property[]): Promise<void> {
    const all = [...properties, property('PIDs', 'au', [pid])];
    const start = () =>
      this.#job('StartTransientUnit', 'ssa(sv)a(sa(sv))', [unit, 'fail', propertiesOf(all), []]);
    try {
      await start();
    } catch (error) {
      if (!isOf(error, 'UnitExists')) throw refused(error, `start ${unit}`);
      // One that failed is kept until somebody has looked at it.
      await this.#try('ResetFailedUnit', unit);
      await start().catch((again: unknown) => {
        throw isOf(again, 'UnitExists') ? inUse(unit, again) : refused(again, `start ${unit}`);
      });
    }
  }

  /** @throws TcError SYSTEMD_REFUSED */
  async setProperties(unit: string, properties: readonly Property[]): Promise<void> {
    const body = [unit, true, propertiesOf(properties)];
    await this.#call({ ...manager, member: 'SetUnitProperties', signature: 'sba(sv)', body });
    // They are put into effect when the answer is sent; by the next one they are: manager_loop() of systemd's manager.c.
    await this.controlGroup();
  }

  /** Ends and forgets it; one that is gone is no error. @throws TcError SYSTEMD_REFUSED */
  async stop(unit: string): Promise<void> {
    try {
      await this.#job('StopUnit', 'ss', [unit, 'replace']);
    } catch (error) {
      if (!isOf(error, 'NoSuchUnit')) throw refused(error, `stop ${unit}`);
    }
    await this.#try('ResetFailedUnit', unit);
  }

  /** What need not come about. */
  async #try(member: string, unit: string): Promise<void> {
    try {
      await this.#ask({ ...manager, member, signature: 's', body: [unit] });
    } catch (error) {
      if (!(error instanceof BusError)) throw refused(error, member);
    }
  }

  async #job(member: string, signature: string, body: readonly Value[]): Promise<void> {
    const answer = await this.#ask({ ...manager, member, signature, body });
    await this.#jobs.whenDone(String(answer.body[0]));
  }

  async #ask(call: Call): Promise<Message> {
    const answer = await this.#connection.call(call);
    this.#jobs.manager = answer.sender;
    return answer;
  }

  async #call(call: Call): Promise<Message> {
    try {
      return await this.#ask(call);
    } catch (error) {
      throw refused(error, call.member);
    }
  }
}

const propertiesOf = (properties: readonly Property[]): Value =>
  properties.map(([key, value]) => [key, value]);

const isOf = (error: unknown, what: string): boolean =>
  error instanceof BusError && error.errorName === `${name}.${what}`;

function refused(cause: unknown, what: string): TcError {
  const hint = 'systemctl status and journalctl say more; the cgroupfs driver needs no systemd.';
  return new TcError((cause as Error).message, {
    code: 'SYSTEMD_REFUSED',
    operation: `${operation}: ${what}`,
    hint,
    cause,
  });
}

function inUse(unit: string, cause: unknown): TcError {
  const hint = 'Give linux.cgroupsPath another name, or stop that unit.';
  return new TcError(`systemd has a unit ${unit} already`, {
    code: 'CGROUP_IN_USE',
    operation: 'make the cgroups',
    hint,
    cause,
  });
}
