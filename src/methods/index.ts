import { bm3d } from './bm3d.ts';
import { coarse } from './coarse.ts';
import { lbmc } from './lbmc.ts';
import { lbr } from './lbr.ts';
import { lbri } from './lbri.ts';
import { lbru } from './lbru.ts';
import { lbudr } from './lbudr.ts';
import type { Method, MethodName } from './method.ts';

/** Every method, in the order of the paper's Table 2; ours last. */
export const METHODS: Readonly<Record<MethodName, Method>> = { coarse, bm3d, lbr, lbru, lbmc, lbudr, lbri };

export const METHOD_NAMES: readonly MethodName[] = Object.keys(METHODS) as MethodName[];
