/** A gateway with its embedded queue, killed again and again; on PostgreSQL: `gateway-kills-postgres.test.ts`. */
import { it } from 'vitest';
import { KILLS_TIMEOUT_MS, mapThroughKills, N_KILLS, N_SERIES } from './support/gateway-kills.ts';

it(
  `maps ${N_SERIES} series once each through ${N_KILLS} kills`,
  async () => {
    await mapThroughKills();
  },
  KILLS_TIMEOUT_MS,
);
