/** A gateway and three workers that share a queue on PostgreSQL, killed in turn; results go out by C-STORE. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KILLS_TIMEOUT_MS, mapThroughKills, N_KILLS, N_SERIES } from './support/gateway-kills.ts';
import { POSTGRES_PASSWORD, type Postgres, startPostgres } from './support/postgres.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres?.stop(), 60_000);

it(
  `maps ${N_SERIES} series once each through ${N_KILLS} kills with three workers`,
  async () => {
    const archive = { host: '127.0.0.1', port: 4242, aeTitle: 'ORTHANC', callingAeTitle: 'RHOMAP' };
    const said = await mapThroughKills({
      config: { send: { store: archive } },
      environment: { RHOMAP_QUEUE_URL: postgres.url },
      nWorkers: 3,
    });
    expect(said).not.toContain(POSTGRES_PASSWORD);
    const mappedBy = new Set(
      said
        .split('\n')
        .filter((line) => line.includes('"mapped and sent"'))
        .map((line) => (JSON.parse(line) as { pid: number }).pid),
    );
    // The load is shared.
    expect(mappedBy.size).toBeGreaterThan(2);
  },
  KILLS_TIMEOUT_MS,
);
