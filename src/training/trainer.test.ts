import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeSteps, noiseBatch, type RunName, trainerOf } from '../../test/support/training-run.ts';
import { createRandom } from '../core/random.ts';
import type { Session, SessionProvider } from '../core/session.ts';
import { STANDARD } from '../graph/lowering/lower.ts';
import { adam } from '../network/adam.ts';
import { clearCutParameters } from '../network/clear-cut.ts';
import { l1Loss, laplaceLoss } from '../network/losses.ts';
import { createUnet } from '../network/unet.ts';
import { nodeSessionProvider } from '../runtime/node/session.ts';
import { type Batch, createTrainer, type Trainer, type TrainerOptions } from './trainer.ts';
import { chooseLowering } from './trainer-lowering.ts';

const provider = nodeSessionProvider({ threads: 2 });
const network = createUnet({ outputChannels: 2, widths: [16, 32] });
const base: TrainerOptions = { provider, network, loss: laplaceLoss(), optimiser: adam(), seed: 7 };

const open: Trainer[] = [];
afterAll(() => Promise.all(open.map((trainer) => trainer.close())));

async function trainer(options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const made = await createTrainer({ ...base, ...options });
  open.push(made);
  return made;
}

const batch = (seed: number, n = 2, side = 16): Batch => noiseBatch(seed, n, side);
const run = makeSteps;
const full = process.env['RHOMAP_FULL'] === '1';

/** What a new process makes of a state by some more steps. */
function continued(state: Uint8Array, name: RunName, from: number, to: number): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'rhomap-trainer-'));
  const [before, after] = [join(folder, 'before'), join(folder, 'after')];
  writeFileSync(before, state);
  const script = resolve(import.meta.dirname, '../../test/support/continue-training.ts');
  const args = [script, before, after, name, `${from}`, `${to}`];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const bytes = new Uint8Array(readFileSync(after));
  rmSync(folder, { recursive: true });
  return bytes;
}

/** Counts the sessions that are open. */
function counting(): { provider: SessionProvider; open: () => number; made: () => number } {
  let [opened, closed] = [0, 0];
  const wrap = (session: Session): Session => ({
    run: session.run,
    close: () => {
      closed++;
      return session.close();
    },
  });
  return {
    provider: {
      description: 'counting',
      createSession: async (...args) => {
        opened++;
        return wrap(await provider.createSession(...args));
      },
    },
    open: () => opened - closed,
    made: () => opened,
  };
}

describe('a trainer', () => {
  it('learns', async () => {
    const made = await trainer({ loss: l1Loss() });
    const losses = await run(made, 0, 60);
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(made.stepCount()).toBe(60);
  });

  it('gives the same bits from the same seed, and others from another', async () => {
    const [a, b, c] = [await trainer(), await trainer(), await trainer({ seed: 8 })];
    for (const made of [a, b, c]) await run(made, 0, 50);
    expect(b.stateBytes()).toEqual(a.stateBytes());
    expect(c.stateBytes()).not.toEqual(a.stateBytes());
  });

  it('goes on bit for bit in a new process', async () => {
    const made = await trainerOf('small', 7);
    open.push(made);
    await run(made, 0, 3);
    const before = made.stateBytes();
    await run(made, 3, 6);
    expect(continued(before, 'small', 3, 6)).toEqual(made.stateBytes());
  });

  it.runIf(full)(
    'makes the same 50 steps at full size again, and in a new process from any of them',
    async () => {
      const [first, second] = [await trainerOf('reference', 7), await trainerOf('reference', 7)];
      open.push(first, second);
      await run(first, 0, 25, 'reference');
      const halfway = first.stateBytes();
      await run(first, 25, 50, 'reference');
      const end = Buffer.from(first.stateBytes());
      await first.close();
      await run(second, 0, 50, 'reference');
      expect(end.equals(second.stateBytes())).toBe(true);
      await second.close();
      expect(end.equals(continued(halfway, 'reference', 25, 50))).toBe(true);
    },
    1_800_000,
  );

  it('trains alike in both lowerings, with an odd last batch', async () => {
    const clear = clearCutParameters(network, createRandom(3));
    const both = [await trainer(), await trainer({ lowering: STANDARD })];
    const losses: number[][] = [];
    for (const made of both) {
      made.restore({ ...made.state(), theta: clear });
      const own = [];
      for (const [i, n] of [4, 4, 3].entries()) own.push(await made.step(batch(i, n, 32)));
      losses.push(own);
    }
    expect(both.map(({ lowering }) => lowering.kind)).toEqual(['blocked', 'standard']);
    losses[0]!.forEach((loss, i) => {
      expect(Math.abs(loss - losses[1]![i]!) / Math.abs(loss), `step ${i + 1}`).toBeLessThan(1e-5);
    });
  });

  it('clips a gradient that is too long', async () => {
    const clipNorm = 1e-3;
    const [free, clipped] = [await trainer(), await trainer({ optimiser: adam({ clipNorm }) })];
    for (const made of [free, clipped]) await run(made, 0, 1);
    // Adam's first moment started at zero, so after one step it is a tenth of the gradient.
    const [long, short] = [free, clipped].map((made) => Math.hypot(...made.state().m) / 0.1) as [
      number,
      number,
    ];
    expect(long).toBeGreaterThan(10 * clipNorm);
    expect(short).toBeCloseTo(clipNorm, 8);
  });

  it('keeps a state that both lowerings understand', async () => {
    const [blocked, standard] = [await trainer(), await trainer({ lowering: STANDARD })];
    expect(blocked.state().theta).toEqual(standard.state().theta);
    await run(blocked, 0, 1);
    standard.restore(blocked.state());
    expect(standard.stateBytes()).toEqual(blocked.stateBytes());
    expect((await run(standard, 1, 2))[0]).toBeCloseTo((await run(blocked, 1, 2))[0]!, 5);
  });

  it('takes a smaller last batch, and keeps few sessions', async () => {
    const counter = counting();
    const made = await trainer({ provider: counter.provider });
    const atStart = counter.open();
    for (const n of [2, 1, 2, 1, 3, 2]) await made.step(batch(n, n));
    expect(counter.open() - atStart).toBe(2);
    await made.close();
    expect(counter.open()).toBe(0);
  });

  it('says which lowering runs', async () => {
    const lines: string[] = [];
    const made = await trainer({ log: (line) => lines.push(line) });
    expect(made.lowering.kind).toBe('blocked');
    expect(lines).toEqual([expect.stringMatching(/blocked kernels of (8|16) channels/)]);
  });
});

describe('a number that is not finite', () => {
  it('in the batch stops the step and is named', async () => {
    const made = await trainer();
    await run(made, 0, 2);
    const before = made.stateBytes();
    const bad = batch(2);
    bad.image[5] = Number.NaN;
    await expect(made.step(bad)).rejects.toThrow(
      /stopped at step 3: loss NaN.*the first tensor that is not finite is the input image \[2, 1, 16, 16\]/,
    );
    expect(made.stateBytes()).toEqual(before);
    await expect(made.step(batch(2))).resolves.toBeGreaterThan(0);
  });

  it('in the loss names the tensor', async () => {
    const made = await trainer();
    const state = made.state();
    // The last parameter is the head's bias of S: exp(−S) overflows.
    state.theta[state.theta.length - 1] = -1000;
    made.restore(state);
    await expect(made.step(batch(0))).rejects.toMatchObject({
      code: 'trainer/not-finite',
      message: expect.stringMatching(/step 1: loss Infinity.*is a result of exp \[2, 1, 16, 16\]/),
    });
  });
});

describe('errors', () => {
  it('of a batch', async () => {
    const made = await trainer();
    const { image, size } = batch(0);
    await expect(made.step({ image, maps: {}, size })).rejects.toThrow(
      "The batch's map target should have 2×1×16×16 numbers, but is missing.",
    );
    await expect(made.step({ ...batch(0), size: { n: 2, h: 16, w: 8 } })).rejects.toThrow(
      "The batch's image should have 2×1×16×8 numbers, but has 512.",
    );
    await expect(made.step(batch(0, 1, 15))).rejects.toMatchObject({ code: 'network/image-size' });
  });

  it('of steps at once', async () => {
    const made = await trainer();
    const first = made.step(batch(0));
    await expect(made.step(batch(1))).rejects.toMatchObject({ code: 'trainer/busy' });
    await first;
  });

  it('of checkpoints', async () => {
    const made = await trainer();
    const bytes = made.stateBytes();
    const other = await trainer({ network: createUnet({ outputChannels: 2, widths: [16] }) });
    expect(() => other.restore(bytes)).toThrow(expect.objectContaining({ code: 'trainer/other-network' }));
    expect(() => other.restore(made.state())).toThrow('its theta has');
    for (const length of [0, 3, 20, bytes.length - 1])
      expect(() => made.restore(bytes.subarray(0, length)), `${length}`).toThrow(
        expect.objectContaining({ code: 'trainer/checkpoint' }),
      );
  });
});

describe('the choice of a lowering', () => {
  /** The real runtime, but blocked kernels multiply by `factor`. */
  const tampered = (factor: number): SessionProvider => ({
    description: 'tampered',
    async createSession(model, options) {
      const session = await provider.createSession(model, options);
      const isBlocked = new TextDecoder('latin1').decode(model).includes('com.microsoft.nchwc');
      return {
        close: session.close,
        async run(feeds) {
          const result = await session.run(feeds);
          const { gradient } = result;
          if (!isBlocked || !gradient) return result;
          const data = (gradient.data as Float32Array).map((x) => x * factor);
          return { ...result, gradient: { ...gradient, data } };
        },
      };
    },
  });

  it.each([
    [1, 'blocked', 'the self-test agreed'],
    [1.1, 'standard', "the blocked kernels' gradient was off by 0.1"],
    [1.0002, 'standard', "the blocked kernels' gradient was off by 0.00020"],
    [Number.NaN, 'standard', "the blocked kernels' gradient was off by NaN"],
  ])('with kernels off by %d is %s', async (factor, kind, reason) => {
    const choice = await chooseLowering({ ...base, provider: tampered(factor) });
    expect(choice.lowering.kind).toBe(kind);
    expect(choice.reason).toContain(reason);
  });

  it('is the standard one where there are no blocked kernels', async () => {
    const without: SessionProvider = {
      description: 'another runtime',
      createSession: () => Promise.reject(new Error('unknown domain')),
    };
    const { lowering, reason } = await chooseLowering({ ...base, provider: without });
    expect(lowering).toEqual(STANDARD);
    expect(reason).toContain('another runtime has no blocked kernels');
  });
});
