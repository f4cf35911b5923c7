import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Frame, type MetricsServer, serveMetrics } from '../../src/index.ts';
import { parseListen } from '../../src/metrics/listen-address.ts';
import { negotiate } from '../../src/metrics/negotiate.ts';
import { frameAt, sampleOf } from '../support/made-frames.ts';
import { parseOpenMetrics } from './strict-parser.ts';

let server: MetricsServer | undefined;
afterEach(() => server?.close());

let frame: Frame | undefined = frameAt(0, [sampleOf('/a', { pids: 3 })]);
const serve = async () => {
  server = await serveMetrics({ listen: '127.0.0.1:0', frame: () => frame });
  return server.url;
};

describe('the metrics server', () => {
  it('has metrics in the format that is asked for', async () => {
    const url = await serve();
    const plain = await fetch(url);
    expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await plain.text()).toContain('container_threads{id="/a"} 3\n');
    const open = await fetch(url, { headers: { accept: 'application/openmetrics-text;version=1.0.0' } });
    expect(open.headers.get('content-type')).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(parseOpenMetrics(await open.text()).get('container_threads')?.samples[0]?.value).toBe(3);
  });

  it('tells the newest frame, and says so where there is none yet', async () => {
    const url = await serve();
    expect(await (await fetch(url)).text()).toContain('container_threads{id="/a"} 3\n');
    frame = frameAt(1000, [sampleOf('/a', { pids: 4 })]);
    expect(await (await fetch(url)).text()).toContain('container_threads{id="/a"} 4\n');
    frame = undefined;
    expect((await fetch(url)).status).toBe(503);
    frame = frameAt(0, []);
  });

  it('says where the metrics are, and what it has not and does not', async () => {
    const url = await serve();
    const root = await fetch(new URL('/', url));
    expect([root.status, await root.text()]).toEqual([200, expect.stringContaining('/metrics')]);
    expect((await fetch(new URL('/other', url))).status).toBe(404);
    const post = await fetch(url, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
    expect((await fetch(`${url}?x=1`)).status).toBe(200);
  });

  it('ends at once, whoever is connected', async () => {
    const url = new URL(await serve());
    const agent = new Agent({ keepAlive: true });
    const [response] = await once(get(url, { agent }), 'response');
    response.resume();
    await once(response, 'end');
    const idle = connect(Number(url.port), url.hostname);
    await once(idle, 'connect');
    const half = request(url, { method: 'POST', agent: false });
    half.on('error', () => {});
    half.write('x');
    const ended = Promise.all([once(idle, 'close'), server?.close()]);
    idle.on('error', () => {});
    idle.resume();
    await ended;
    agent.destroy();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('tells whose port is taken', async () => {
    const url = new URL(await serve());
    await expect(serveMetrics({ listen: `127.0.0.1:${url.port}`, frame: () => frame })).rejects.toThrow(
      expect.objectContaining({ code: 'LISTEN_FAILED' }),
    );
  });
});

describe('where it listens', () => {
  it('is this machine alone, unless it is told otherwise', () => {
    expect(parseListen('127.0.0.1:9099', false)).toEqual({ host: '127.0.0.1', port: 9099 });
    expect(parseListen('9099', false)).toEqual({ host: '127.0.0.1', port: 9099 });
    expect(parseListen('localhost:0', false)).toEqual({ host: '127.0.0.1', port: 0 });
    expect(parseListen('[::1]:80', false)).toEqual({ host: '::1', port: 80 });
    for (const listen of ['0.0.0.0:1', ':9099', '*:9099', '[::]:1', '10.0.0.1:1', '[::ffff:1.2.3.4]:1']) {
      const refused = expect.objectContaining({ code: 'LISTEN_NOT_LOOPBACK' });
      expect(() => parseListen(listen, false), listen).toThrow(refused);
      expect(() => parseListen(listen, true), listen).not.toThrow();
    }
    for (const listen of [
      '',
      'x',
      '127.0.0.1',
      '127.0.0.1:65536',
      'example.org:80',
      '[127.0.0.1]:1',
      '::1:1',
      '-1',
    ]) {
      const invalid = expect.objectContaining({ code: 'INVALID_LISTEN' });
      expect(() => parseListen(listen, true), listen).toThrow(invalid);
    }
  });
});

describe('negotiate', () => {
  it('follows the Accept header', () => {
    const prometheus3 =
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
    expect(negotiate(prometheus3)).toBe('openmetrics');
    expect(negotiate('application/openmetrics-text; version="1.0.0"')).toBe('openmetrics');
    expect(negotiate('text/plain;q=0.9, application/openmetrics-text;q=0.5')).toBe('prometheus');
    expect(negotiate('application/openmetrics-text;q=0')).toBe('prometheus');
    expect(negotiate('application/openmetrics-text;version=2.0.0, text/plain;q=0.1')).toBe('prometheus');
    for (const accept of [
      undefined,
      '',
      '*/*',
      'text/html',
      ';;;,,q=',
      `application/openmetrics-text${' '.repeat(9999)}`,
    ])
      expect(negotiate(accept)).toBe('prometheus');
  });
});
