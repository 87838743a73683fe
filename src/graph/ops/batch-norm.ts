/**
 * Batch normalisation (Ioffe & Szegedy, ICML 2015, arXiv:1502.03167) of an image `[n, c, h, w]` with a weight γ and a
 * bias β per channel: γ·x̂ + β, x̂ = (x − mean)·s, s = 1/√(variance + ε), over batch and pixels.
 *
 * It is made of other primitives but has a gradient of its own: theirs would be the same in more passes over the image.
 * With M pixels and the gradients by β, Σg, and by γ, Σg·x̂ (sums over batch and pixels),
 *
 *     dL/dx = γ·s·(g − Σg/M − x̂·Σ(g·x̂)/M).
 *
 * The factor γ·s stands outside on purpose: what comes next on the way back is a convolution, which takes it into its
 * weights (`conv2d.ts`).
 */
import type { Primitive } from '../primitive.ts';
import { imageShape, sameShape, shapeError } from '../shape.ts';

export const batchNorm: Primitive<'batchNorm'> = {
  shape([x, weight, bias]) {
    const { c } = imageShape('batchNorm', x!);
    for (const vector of [weight!, bias!])
      if (!sameShape(vector, [c])) throw shapeError('batchNorm', 'one number per channel', x!, vector);
    return x!;
  },
  gradient({ inputs: [x, weight], attributes: { epsilon } }, g, build) {
    const { add, channelAffine, channelDot, channelMoments, channelSum, div, mul, neg, sqrt, sub } = build;
    const { mean, variance, count } = channelMoments(x!);
    const s = div(1, sqrt(add(variance, epsilon)));
    const byBias = channelSum(g);
    const byWeight = mul(s, sub(channelDot(g, x!), mul(mean, byBias)));
    const slope = neg(mul(mul(s, byWeight), 1 / count));
    const offset = neg(add(mul(byBias, 1 / count), mul(mean, slope)));
    const byImage = channelAffine(add(g, channelAffine(x!, slope, offset)), mul(weight!, s));
    return [byImage, byWeight, byBias];
  },
  expand({ inputs: [x, weight, bias], attributes: { epsilon } }, build) {
    const { add, channelAffine, channelMoments, div, mul, sqrt, sub } = build;
    const { mean, variance } = channelMoments(x!);
    const scale = mul(weight!, div(1, sqrt(add(variance, epsilon))));
    return channelAffine(x!, scale, sub(bias!, mul(mean, scale)));
  },
};
