import type { ResultEnvironment } from '../../result.js'
import { plural } from '../text.js'
import { baselineDetails, baselineNotice } from './baseline.js'
import { dropChart, layerCharts } from './chart.js'
import { code, prose } from './escape.js'
import { provenance, variantFacts } from './facts.js'
import { clearedChecks, explanations, warnings, whatToDo } from './findings.js'
import { headline } from './headline.js'
import { latencyTable } from './latency.js'
import { layerTables } from './layers.js'
import { clip, paragraphs } from './markup.js'
import { otherMetrics, verdictTable } from './verdicts.js'
import { providerTable } from './providers.js'
import type { View } from './view.js'

/** The report from top to bottom: the answer, the figures, what to do, and in folds where it all comes from. */
export function document(view: View): string {
  return paragraphs([
    `### ${headline(view)}`,
    verdictTable(view),
    explanations(view),
    baselineNotice(view),
    whatToDo(view),
    paragraphs([
      view.detail.facts ? warnings(view) : '',
      layerTables(view),
      layerCharts(view),
      dropChart(view),
      otherMetrics(view),
      latencyTable(view),
      providerTable(view),
      baselineDetails(view),
      view.detail.facts ? clearedChecks(view) : '',
      variantFacts(view),
      provenance(view)
    ]),
    footer(view)
  ])
}

function footer({ result, commit, addresses, detail }: View): string {
  const { tool, environment, dataset, model } = result
  const short = commit === undefined ? undefined : `<code>${commit.slice(0, 8)}</code>`
  const sha = short !== undefined && addresses.commit !== undefined ? `[${short}](${addresses.commit})` : short
  return `<sub>${[
    `${code(clip(model.path, detail.name))} on ${plural(dataset.samples, 'sample')}`,
    ...(sha === undefined ? [] : [`commit ${sha}`]),
    ...(addresses.run === undefined ? [] : [`[run](${addresses.run})`]),
    `${prose(clip(tool.name, 40))} ${prose(clip(tool.version, 20))}`,
    prose(clip(shortEnvironment(environment), detail.text))
  ].join(' · ')}</sub>`
}

/** What the figures depend on most; the rest is in a fold. */
function shortEnvironment({ onnxruntime, provider, cpu, vnni, gpu }: ResultEnvironment): string {
  const processor = provider === 'cpu' ? `${cpu}, ${vnni ? 'VNNI' : 'no VNNI'}` : (gpu ?? cpu)
  return `ONNX Runtime ${onnxruntime} on ${provider} (${processor})`
}
