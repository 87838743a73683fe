import { expect, it } from 'vitest';
import { webgpuObstacle } from './webgpu-obstacle.ts';

const gpu = (adapter: unknown): unknown => ({ requestAdapter: async () => adapter });

it('says why WebGPU is not used, and nothing where a graphics processor is at hand', async () => {
  expect(await webgpuObstacle(null)).toBe('this browser has no WebGPU');
  expect(await webgpuObstacle(gpu(null))).toMatch(/no graphics processor$/);
  expect(await webgpuObstacle(gpu({ isFallbackAdapter: true }))).toMatch(/imitation/);
  expect(await webgpuObstacle(gpu({ info: { isFallbackAdapter: true } }))).toMatch(/imitation/);
  const broken = { requestAdapter: () => Promise.reject(new Error('lost')) };
  expect(await webgpuObstacle(broken)).toMatch(/no graphics processor$/);
  expect(await webgpuObstacle(gpu({ info: {} }))).toBeUndefined();
});
