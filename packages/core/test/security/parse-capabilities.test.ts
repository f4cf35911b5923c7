import { capabilityNames } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { defaultCapabilities } from '../../src/security/defaults.ts';
import { parseCapabilities } from '../../src/security/parse-capabilities.ts';

describe('capabilities as a command line has them', () => {
  it('are the default ones where nothing is said', () => {
    expect(parseCapabilities({})).toEqual(defaultCapabilities);
  });

  it('are added and dropped by name, however it is written', () => {
    const changed = parseCapabilities({ add: ['net_admin', 'CAP_SYS_TIME'], drop: ['Chown', 'cap_kill'] });
    const kept = defaultCapabilities.filter((name) => name !== 'CAP_CHOWN' && name !== 'CAP_KILL');
    expect(changed).toEqual([...kept, 'CAP_NET_ADMIN', 'CAP_SYS_TIME']);
  });

  it('are few or many with ALL', () => {
    expect(parseCapabilities({ drop: ['ALL'] })).toEqual([]);
    expect(parseCapabilities({ drop: ['all'], add: ['NET_RAW'] })).toEqual(['CAP_NET_RAW']);
    expect(parseCapabilities({ add: ['ALL'] })).toEqual(capabilityNames);
    const most = parseCapabilities({ add: ['all'], drop: ['SYS_ADMIN'] });
    expect(most).toEqual(capabilityNames.filter((name) => name !== 'CAP_SYS_ADMIN'));
  });

  it('are each there once', () => {
    expect(parseCapabilities({ add: ['CHOWN', 'CAP_CHOWN'] })).toEqual(defaultCapabilities);
  });

  it.each(['', 'CAP_', 'SYS_ADMINN', 'CAP_CAP_CHOWN', '1'])('are refused where one is called %j', (name) => {
    expect(() => parseCapabilities({ add: [name] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
