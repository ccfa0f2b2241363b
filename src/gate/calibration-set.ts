import type { GateConfig } from '../config/index.js'
import { openDataset, selectEvenly, type Dataset } from '../dataset/index.js'
import { needsCalibration } from '../variants/index.js'

/** The images that a run calibrates on; undefined where no variant of the config is calibrated. */
export async function openCalibrationSet(config: GateConfig): Promise<Dataset | undefined> {
  const { calibration, variants, workspace } = config
  if (calibration === undefined || ![...variants.values()].some(needsCalibration)) return undefined
  const dataset = await openDataset(calibration.dataset, { workspace })
  return calibration.samples === undefined ? dataset : selectEvenly(dataset, calibration.samples)
}
