/**
 * A map without an uncertainty gets that of another network: the paper shows LBUDR's map beside the scale of the LBRU
 * that weighted its training. Both become one file, which everything else takes for a model like any other. It is not
 * calibrated, even where the second one was: its errors are those of another map.
 */
import { OptionError } from '../core/errors.ts';
import { PIXEL_KEY, SCALE_KEY, type ScaleSource, statesUncertainty } from '../methods/model-info.ts';
import { type ExportedModel, pairNetworks } from '../network/pair.ts';
import { type ModelRecord, readModelRecord } from './mapping-model.ts';

/**
 * @throws OptionError `model/pair` where the two do not belong together; what `readModelRecord` throws.
 */
export async function pairModels(map: ExportedModel, scale: ExportedModel): Promise<Uint8Array> {
  const [own, other] = [
    await readModelRecord(map.bytes, map.name),
    await readModelRecord(scale.bytes, scale.name),
  ];
  if (statesUncertainty(own.info))
    throw new OptionError(
      'model/pair',
      `${map.name} states its own uncertainty (${own.info.method.title}); use it without a second model.`,
    );
  const { method } = other.info;
  if (method.outputChannels !== 2)
    throw new OptionError(
      'model/pair',
      `${scale.name} is a ${method.title} network, which states no uncertainty; give an LBRU or LBRI.`,
    );
  const difference = differenceOf(own, other);
  if (difference)
    throw new OptionError(
      'model/pair',
      `${map.name} and ${scale.name} do not see the same: ${difference}; pair networks that were trained alike.`,
    );
  const source: ScaleSource = { method: method.name, sha256: other.sha256 };
  const pixelMm = own.info.pixelMm ?? other.info.pixelMm;
  return pairNetworks(map, scale, {
    [SCALE_KEY]: JSON.stringify(source),
    ...(pixelMm !== null && { [PIXEL_KEY]: String(pixelMm) }),
  });
}

/** What two models do not have in common of how they see a slice; `undefined` where they agree. */
function differenceOf(a: ModelRecord, b: ModelRecord): string | undefined {
  const facts = ({ info, grid }: ModelRecord): [string, string][] => [
    ['inputs', info.inputs.join(', ')],
    ['times', `TSL ${info.coarseTslMs.join(' and ')} ms`],
    ['cut-off', `${info.cutoffMs.join('–')} ms`],
    ['images', `${info.imageSize} pixels`],
    ['spacing', `${info.pixelMm ?? a.info.pixelMm ?? b.info.pixelMm} mm`],
    ['depth', `sizes divisible by ${grid.divisor}`],
  ];
  const others = new Map(facts(b));
  const [name, value] = facts(a).find(([key, fact]) => others.get(key) !== fact) ?? [];
  return name && `${name} ${value} against ${others.get(name)}`;
}
