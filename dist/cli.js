#!/usr/bin/env node
import { g as getDefaultExportFromCjs } from './_commonjsHelpers.js';
import require$$0 from 'node:events';
import require$$1, { spawn } from 'node:child_process';
import path__default, { basename, dirname, join, resolve as resolve$1, extname, relative, sep } from 'node:path';
import fs from 'node:fs';
import process$1 from 'node:process';
import { a as picocolors, b as printable, s as selectPrecisions, c as createConsole, P as PRECISIONS, p as provideRuntime, d as setUpRuntime } from './set-up.js';
import { C as ConfigurationError, m as messageOf, E as ExitCode, G as GateError, e as explain$1, F as FileError, R as RuntimeError } from './errors.js';
import { constants } from 'node:os';
import { r as removeTemporaries, a as withTemporaryFolder, w as writeFileAtomic } from './files.js';
import { f as findOnnxRuntime, a as findSharp, s as setSources } from './provider-libraries.js';
import { readdir, realpath, stat, readFile, rm } from 'node:fs/promises';
import 'node:crypto';
import 'node:stream/promises';
import 'node:timers/promises';
import { e as serializeResult, R as REPORT_FILE, f as everyVariant, g as describeRun, t as toJSONSchema, Z as ZodOptional, h as ZodDefault, i as ZodPrefault, j as ZodObject, k as ZodNumber, m as ZodString, n as ZodEnum, o as ZodBoolean, q as ZodArray, r as safeParse, u as ZodLiteral, v as didYouMean, w as ZodUnion, x as ZodRecord, y as compareWithBaseline, d as REFERENCE_VARIANT, T as TABLE_FORMATS, S as SOURCE_FORMATS } from './suggest.js';
import './release.js';
import { T as TOOL } from './version.js';
import { D as DEFAULT_LATENCY, L as LAYER_LIMIT_KEYS, a as DEFAULT_LETTERBOX_VALUE, d as devicesOf, m as metricsOf, b as DEFAULT_TARGET, c as DEFAULT_MAX_DROP_POINTS, e as LIMIT_KEYS, f as LABELLED_METRICS, M as METRICS, g as isAgreement, t as taskOf, h as documentSchema, v as variantSchema, j as confine, k as inspectPath, l as distExports, n as findWorkspace, i as isInside } from './index3.js';
import { p as picomatch, o as openBaseline, a as proposeDecoder, f as formatOfName, r as readRangeFile, w as writeRanges, i as isSymmetricFormat } from './propose.js';
import { v as variantNames, o as own, a as visible, b as baselineRows, l as layoutTable, c as wrap, d as baselineRemarks, N as NONE, p as providerRows, P as PROVIDER_LEGEND, r as rowsOf, e as latencyLines, g as areHealthy, w as worstFirst, h as comparisonFact, i as factsOf, j as calibrationFact, s as subjectFacts, k as environmentFact, t as timingFact, m as lowestSqnr, n as count, q as aloneText, u as plural, x as annotationsOf, f as formatCommand, y as comment$1, z as markdown, A as layerReport } from './annotations.js';
import 'node:util';
import 'node:zlib';
import 'node:v8';
import 'node:vm';
import 'node:module';
import 'node:url';
import 'node:buffer';
import { e as exitCodeOf } from './conclusion.js';
import { createInterface } from 'node:readline';
import 'readline';
import 'events';
import './registry.js';
import 'node:worker_threads';
import 'process';
import 'buffer';

/** result.json itself. */
const json = { fileName: REPORT_FILE.result, format: serializeResult };

/** One suite per variant and one case per verdict; `inconclusive` is a skipped case, `warn` passes with its message. */
const junit = { fileName: REPORT_FILE.junit, format: formatJUnit };
function formatJUnit(result) {
    const suites = suitesOf(result);
    const seconds = Object.values(result.timings).reduce((sum, stage) => sum + stage, 0);
    const file = result.config?.path;
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites name="precision-gate"${totals(suites.flatMap(([, cases]) => cases))} time="${seconds.toFixed(3)}">`,
        ...suites.map(([name, cases]) => suite(name, cases, file)),
        '</testsuites>',
        ''
    ].join('\n');
}
function suitesOf(result) {
    const suites = variantNames(result).map((name) => {
        const error = own(everyVariant(result), name)?.error;
        const run = error === undefined ? [] : [{ name: `${name}.run`, outcome: 'error', message: error }];
        return [name, [...run, ...result.verdicts.filter(({ variant }) => variant === name).map(caseOf)]];
    });
    // readers take a file without a failing case for a pass
    const told = suites.some(([, cases]) => cases.some(({ outcome }) => outcome !== 'passed'));
    if (result.conclusion !== 'success' && !told) {
        const outcome = result.conclusion === 'inconclusive' ? 'skipped' : 'error';
        suites.push(['gate', [{ name: 'gate.conclusion', outcome, message: result.reasons.join('; ') }]]);
    }
    return suites.filter(([, cases]) => cases.length > 0);
}
function caseOf({ id, status, message, configPosition }) {
    const outcome = { pass: 'passed', warn: 'passed', fail: 'failure', inconclusive: 'skipped' }[status];
    return { name: id, outcome, message: status === 'warn' ? `warning: ${message}` : message, line: configPosition?.line };
}
function suite(name, cases, file) {
    const lines = cases.map(({ name: id, outcome, message, line }) => {
        const place = file === undefined || line === undefined ? '' : `${attribute('file', file)} line="${line}"`;
        const content = outcome === 'passed'
            ? `<system-out>${escapeXml(message)}</system-out>`
            : `<${outcome}${attribute('message', message)}/>`;
        return `    <testcase${attribute('classname', `precision-gate.${name}`)}${attribute('name', id)}${place}>${content}</testcase>`;
    });
    return [`  <testsuite${attribute('name', name)}${totals(cases)}>`, ...lines, '  </testsuite>'].join('\n');
}
function totals(cases) {
    const of = (outcome) => cases.filter((one) => one.outcome === outcome).length;
    return ` tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`;
}
function attribute(name, value) {
    return ` ${name}="${escapeXml(value)}"`;
}
/** XML 1.0 has no way to write most control characters, so they are made visible first. */
function escapeXml(text) {
    const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
    return visible(text).replace(/[&<>"']/g, (character) => entities[character]);
}

const COLUMNS$1 = [
    { title: 'variant', align: 'left' },
    { title: 'metric', align: 'left' },
    { title: 'then', align: 'right' },
    { title: 'now', align: 'right' },
    { title: 'points lost [95 %]', align: 'right' },
    { title: 'p', align: 'right' },
    { title: 'drop against FP32', align: 'right' }
];
/** The baseline of a result beside the result itself, as lines for a terminal. Empty without a baseline. */
function comparisonLines(result, width) {
    const { baseline } = result;
    if (baseline === undefined)
        return [];
    const rows = baselineRows(result);
    const cells = rows.map(({ variant, metric, then, now, lost, p, drop }) => [
        visible(variant),
        visible(metric),
        ...[then, now, lost, p, drop]
    ]);
    const laidOut = rows.length === 0 ? [] : layoutTable(COLUMNS$1, cells, width, (cell) => cell);
    return [
        ...wrap(`  ${visible(describeRun(baseline.run, baseline.path))}`, width, '    '),
        ...(laidOut ?? rows.flatMap((row) => wrap(`  ${sentence(row)}`, width, '    '))),
        ...baselineRemarks(result).flatMap((remark) => wrap(`  ${visible(remark)}`, width, '    '))
    ];
}
/** A row where the terminal is too narrow for the table. */
function sentence({ variant, metric, then, now, lost, drop }) {
    const parts = [
        `${visible(variant)} ${visible(metric)}: ${then} → ${now}`,
        ...(lost === NONE ? [] : [`${lost} points lost`]),
        ...(drop === NONE ? [] : [`drop ${drop}`])
    ];
    return parts.join(', ');
}

/** The same variants on several providers, as lines for a terminal. Empty where there is one provider. */
function providerLines(result, width) {
    const rows = providerRows(result);
    if (rows.length === 0)
        return [];
    const columns = [
        { title: 'variant', align: 'left' },
        { title: 'metric', align: 'left' },
        { title: `on ${result.environment.provider}`, align: 'right' },
        { title: 'on', align: 'left' },
        { title: 'value', align: 'right' },
        { title: 'points lost [95 %]', align: 'right' },
        { title: 'changed', align: 'right' },
        { title: 'outputs', align: 'right' }
    ];
    const cells = rows.map((row) => [
        visible(row.variant),
        visible(row.metric),
        row.here,
        row.provider,
        row.there,
        row.lost,
        row.flips,
        row.difference
    ]);
    const laidOut = layoutTable(columns, cells, width, (cell) => cell);
    const sentences = rows.flatMap(({ variant, metric, provider, here, there, lost, difference }) => wrap(`  ${visible(variant)} ${visible(metric)}: ${here} on ${result.environment.provider}, ${there} on ${provider}; lost ${lost}; outputs ${difference}`, width, '    '));
    return [...(laidOut ?? sentences), ...wrap(`  ${PROVIDER_LEGEND}`, width, '    ')];
}

const VERDICT = {
    success: 'PASS',
    failure: 'FAIL',
    inconclusive: 'INCONCLUSIVE',
    error: 'ERROR'
};
const COLUMNS = [
    { title: 'variant', align: 'left' },
    { title: 'metric', align: 'left' },
    { title: 'FP32', align: 'right' },
    { title: 'value', align: 'right' },
    { title: 'points lost [95 %]', align: 'right' },
    { title: 'limit', align: 'right' },
    { title: 'status', align: 'left' }
];
/** The report on a terminal or in a log: verdict first, then the figures, then where they come from. */
const terminal$1 = { format: formatTerminal };
function formatTerminal(result, options) {
    const colors = picocolors.createColors(options.color);
    const width = Math.max(24, options.width);
    const sections = [
        ['', verdict(result, width, colors)],
        ['', table(rowsOf(result), width, colors)],
        ['Latency', latencyLines(result, width)],
        ['Providers', providerLines(result, width)],
        ['Baseline', comparisonLines(result, width)],
        [layersTitle(result), layers$1(result, width)],
        ['Variants', variants(result, width)],
        ['Warnings', warnings(result, width, colors)],
        ['Diagnosis', diagnosis(result, width, colors)],
        ['Run', run$1(result, width)]
    ];
    const lines = sections
        .filter(([, content]) => content.length > 0)
        .flatMap(([title, content]) => [...(title === '' ? [] : [colors.bold(title)]), ...content, '']);
    return lines.map(defuse).join('\n');
}
function verdict({ conclusion, reasons }, width, colors) {
    const paint = { success: colors.green, failure: colors.red, inconclusive: colors.yellow, error: colors.red }[conclusion];
    const [first, ...more] = reasons.map(visible);
    const label = VERDICT[conclusion];
    const lines = wrap(`${label}  ${first ?? ''}`.trimEnd(), width, '  ');
    return [
        colors.bold(paint(label)) + lines[0].slice(label.length),
        ...lines.slice(1),
        ...more.flatMap((reason) => wrap(`  ${reason}`, width, '    '))
    ];
}
function table(rows, width, colors) {
    if (rows.length === 0)
        return [];
    const cells = rows.map((row, index) => [
        row.variant === rows[index - 1]?.variant ? '' : visible(row.variant),
        visible(row.metric),
        row.fp32,
        row.value,
        row.drop,
        row.limit,
        row.status ?? NONE
    ]);
    const laidOut = layoutTable(COLUMNS, cells, width, (cell, row, column) => {
        if (row < 0)
            return colors.dim(cell);
        return column === COLUMNS.length - 1 ? painted(cell, rows[row].status, colors) : cell;
    });
    return laidOut ?? rows.flatMap((row) => record(row, width, colors));
}
/** A row of the table where the terminal is too narrow for it. */
function record(row, width, colors) {
    const status = row.status ?? NONE;
    const title = wrap(`  ${status}  ${visible(row.variant)} ${visible(row.metric)}`, width, '    ');
    const fields = [
        ['FP32', row.fp32],
        ['value', row.value],
        ['points lost', row.drop],
        ['limit', row.limit]
    ];
    return [
        `  ${painted(status, row.status, colors)}${title[0].slice(2 + status.length)}`,
        ...title.slice(1),
        ...fields
            .filter(([, text]) => text !== NONE)
            .flatMap(([name, text]) => wrap(`    ${name} ${text}`, width, '      '))
    ];
}
/** A few layers for each variant: the tables are in the Markdown report. */
const WORST_LAYERS = 5;
function layersTitle({ layers = {} }) {
    return Object.values(layers).every(areHealthy) ? 'Layers' : 'Layers to suspect first';
}
function layers$1({ layers = {}, layerComparison = {} }, width) {
    const compared = Object.entries(layers).flatMap(([variant, all]) => [
        ...(areHealthy(all) ? [healthyText(all)] : worstFirst(all).slice(0, WORST_LAYERS).map(layerText)).flatMap((text) => wrap(`  ${visible(variant)}: ${visible(text)}`, width, '    ')),
        ...(Object.hasOwn(layerComparison, variant)
            ? wrap(`  ${visible(variant)}: ${comparisonFact(layerComparison[variant])}`, width, '    ')
            : [])
    ]);
    const others = Object.entries(layerComparison).filter(([variant]) => !Object.hasOwn(layers, variant));
    return [
        ...compared,
        ...others.flatMap(([variant, comparison]) => wrap(`  ${visible(variant)}: ${comparisonFact(comparison)}`, width, '    '))
    ];
}
function healthyText(layers) {
    const lowest = lowestSqnr(layers);
    const worst = lowest === undefined ? 'all identical to FP32' : `lowest SQNR: ${describe$4(lowest)}`;
    return `no layer of ${count(layers.length)} is suspected; ${worst}`;
}
function describe$4({ name, op, sqnrDb }) {
    return `${name} (${op}), ${sqnrDb.toFixed(1)} dB`;
}
function layerText({ name, op, sqnrDb, maxAbs, deviationRatio, introduced }) {
    const noise = sqnrDb === null ? (maxAbs === 0 ? 'identical' : 'not finite') : `SQNR ${sqnrDb.toFixed(1)} dB`;
    const alone = introduced === undefined ? '' : `, ${aloneText(introduced)} by itself`;
    return `${name} (${op}): ${noise}${alone}, ${(100 * deviationRatio).toFixed(2)} % deviating`;
}
function variants(result, width) {
    const { task } = result;
    return Object.entries(everyVariant(result)).flatMap(([name, variant]) => {
        const facts = variant.error === undefined
            ? [...factsOf(variant, task), ...(variant.model === undefined ? [] : [variant.model])]
            : [`did not run: ${variant.error}`];
        const calibration = variant.calibration === undefined ? [] : [calibrationFact(variant.calibration)];
        return [
            ...wrap(`  ${visible(name)}: ${visible(facts.join('; '))}`, width, '    '),
            ...calibration.flatMap((fact) => wrap(`    ${visible(fact)}`, width, '      '))
        ];
    });
}
function warnings(result, width, colors) {
    return Object.entries(everyVariant(result)).flatMap(([name, { warnings }]) => warnings.flatMap((warning) => wrap(`  ${visible(name)}: ${visible(warning)}`, width, '    ').map(colors.yellow)));
}
function diagnosis({ diagnosis }, width, colors) {
    const found = diagnosis.filter(({ status }) => status === 'fail' || status === 'warn');
    const lines = found.flatMap(({ check, status, variant, evidence, action }) => {
        const subject = variant === undefined ? '' : ` (${visible(variant)})`;
        const [first, ...more] = wrap(`  ${status}  ${visible(check)}${subject}: ${visible(evidence)}`, width, '    ');
        return [
            `  ${painted(status, status, colors)}${first.slice(2 + status.length)}`,
            ...more,
            ...(action === '' ? [] : wrap(`    -> ${visible(action)}`, width, '       '))
        ];
    });
    return [...lines, ...cleared(diagnosis, width, colors)];
}
/** Their figures are in the other reports. */
function cleared(diagnosis, width, colors) {
    return ['pass', 'skipped'].flatMap((wanted) => {
        const of = diagnosis.filter(({ status }) => status === wanted);
        if (of.length === 0)
            return [];
        const names = [...new Set(of.map(({ check }) => visible(check)))].join(', ');
        const text = wanted === 'pass' ? `${plural(of.length, 'check')} found nothing: ${names}` : names;
        const [first, ...more] = wrap(`  ${wanted}  ${text}`, width, '    ');
        return [`  ${painted(wanted, wanted, colors)}${first.slice(2 + wanted.length)}`, ...more];
    });
}
function run$1(result, width) {
    const facts = [
        ...subjectFacts(result),
        ['environment', environmentFact(result.environment)],
        ...Object.values(result.providers ?? {}).map(({ environment }) => ['environment', environmentFact(environment)]),
        ['time', timingFact(result.timings)],
        ['tool', `${result.tool.name} ${result.tool.version}`]
    ];
    return facts.flatMap(([label, text]) => wrap(`  ${label}: ${visible(text)}`, width, '    '));
}
function painted(text, status, colors) {
    switch (status) {
        case 'pass':
            return colors.green(text);
        case 'fail':
            return colors.red(text);
        case 'warn':
        case 'inconclusive':
            return colors.yellow(text);
        case 'skipped':
        case undefined:
            return text;
    }
}
/** In a workflow's log a line that starts with `::`, or has `##[` anywhere, is a command to the runner. */
function defuse(line) {
    return line.replace(/^(\s*):(?=:)/, '$1: ').replace(/##(?=\[)/g, '## ');
}

/** Annotations as commands to the runner of a workflow, one a line, on the standard output. */
const github = {
    format: (result) => annotationsOf(result).map(workflowCommand).join('')
};
/** `::error file=F,line=L,col=C,title=T::MESSAGE`, with its line end */
function workflowCommand({ level, title, message, file, line, column: col }) {
    return formatCommand(level, message, { file, line, col, title });
}

const reporters = { terminal: terminal$1, json, markdown, comment: comment$1, github, junit };

/** The task of a document without mistakes: detection then has a `decode` with a layout. */
async function buildTask({ task, decode, voc_iou: vocIou }, paths, locate) {
    switch (task) {
        case 'classification':
            return { name: task, ...classification(decode) };
        case 'detection':
            if (decode === undefined || !('layout' in decode))
                throw new Error('checkTask lets no detection pass without a layout');
            return { name: task, decode: { ...detection(decode), ...(await buildPriors(decode, paths, locate)) }, vocIou };
        case 'segmentation':
            return { name: task, decode: segmentation(decode) };
    }
}
/** Looks at the path of the priors, where they are a file. */
async function buildPriors(document, paths, locate) {
    if (!('layout' in document) || document.priors === undefined)
        return {};
    const path = ['decode', 'priors'];
    const { priors } = document;
    const given = typeof priors === 'string' ? priors : priors.file;
    const file = await paths.resolve(given, typeof priors === 'string' ? path : [...path, 'file'], 'file');
    const { box_format: boxFormat, units, variances } = typeof priors === 'string' ? PRIORS_DEFAULTS : priors;
    return { priors: { file, given, boxFormat, units, variances, position: locate(path) } };
}
const PRIORS_DEFAULTS = { box_format: 'cxcywh', units: 'normalized', variances: [0.1, 0.2] };
function detection(document) {
    const { layout, outputs = {}, classes, nms, activation, units, background, clip, strides } = document;
    return {
        layout,
        outputs,
        classes,
        options: defined({
            boxFormat: document.box_format,
            units,
            activation,
            background,
            firstClass: document.first_class,
            minScore: document.min_score,
            multiLabel: document.multi_label,
            maxDetections: document.max_detections,
            clip,
            strides
        }),
        ...(nms !== undefined && { nms })
    };
}
function classification(document) {
    return document === undefined || 'layout' in document ? {} : defined({ output: document.output });
}
function segmentation(document) {
    if (document === undefined || 'layout' in document)
        return { activation: 'none', threshold: 0.5, compareAt: 'image' };
    const { kind, output, axes, activation = 'none', threshold, compare_at: compareAt, classes } = document;
    return { activation, threshold, compareAt, ...defined({ kind, output, layout: axes, classes }) };
}
function defined(values) {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What a variant's layers have to run in: its own key, else that of `runtime` where it speaks of this precision. */
function buildRequirement({ variants, runtime }, name, locate) {
    const variant = variants[name];
    const own = variant.require_executed;
    if (own === 'none')
        return {};
    if (own !== undefined) {
        return { requireExecuted: { precision: own, position: locate(['variants', name, 'require_executed'], 'key') } };
    }
    const asked = runtime.require_executed ?? [];
    const position = locate(['runtime', 'require_executed'], 'key');
    const all = [asked].flat().map((precision) => ({ precision, position }));
    if (all.length === 0)
        return {};
    if ('model' in variant)
        return { requireWhereUsed: all };
    const requireExecuted = all.find(({ precision }) => precision === variant.precision);
    return requireExecuted === undefined ? {} : { requireExecuted };
}

/** Where the config asks for it, or sets a limit on speed. */
function buildLatency(document, limits) {
    if (typeof document === 'object')
        return { ...document, batch: [...new Set(document.batch)] };
    return document === true || limits.length > 0 ? DEFAULT_LATENCY : undefined;
}
function buildSpeedLimits(documents, locate) {
    return (documents ?? []).flatMap((document, index) => {
        if (!('min_speedup' in document))
            return [];
        const { min_speedup: value, variant, batch, severity } = document;
        const position = locate(['thresholds', index, 'min_speedup'], 'key');
        return [
            { value, ...(variant !== undefined && { variant }), ...(batch !== undefined && { batch }), severity, position }
        ];
    });
}
function checkSpeedLimits({ latency, thresholds = [] }) {
    if (latency !== false)
        return [];
    return thresholds.flatMap((threshold, index) => {
        const message = 'a limit on speed needs the measurement, and the config says latency: false';
        return 'min_speedup' in threshold ? [{ path: ['thresholds', index, 'min_speedup'], at: 'key', message }] : [];
    });
}

const UNITS = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 };
function buildLayers(document) {
    const { samples, isolated_samples: isolatedSamples, threshold, floor, memory } = document;
    const [number, unit] = [parseFloat(memory), memory.replace(/^[\d. ]+/, '')];
    return { samples, isolatedSamples, threshold, floor, memoryBytes: number * UNITS[unit] };
}
/** One entry for each limit, so that each verdict points at its own key. */
function buildLayerLimits(documents, locate) {
    return (documents ?? []).flatMap((document, index) => {
        if (!('layer' in document))
            return [];
        const { layer, variant, severity, tolerance_db: toleranceDb } = document;
        return LAYER_LIMIT_KEYS.flatMap((kind) => {
            const limit = document[kind];
            if (limit === undefined)
                return [];
            const value = limit === 'baseline' ? toleranceDb : limit;
            const position = locate(['thresholds', index, kind], 'key');
            return [{ layer, ...(variant !== undefined && { variant }), kind, value, severity, position }];
        });
    });
}

/** Where no long form says otherwise; the long forms get the same values from the schema. */
const FILTER = { interpolation: 'bilinear', like: 'pillow' };
/** The steps of either form of `preprocess`, and where they stand in the file. */
function stepsOf(document) {
    return 'steps' in document
        ? { steps: document.steps, path: ['preprocess', 'steps'] }
        : { steps: document, path: ['preprocess'] };
}
/**
 * The canonical list: every short form written out, and a `scale` followed by `mean` and `std` joined into one step, so that
 * configs that mean the same give the same hash.
 */
function canonicalSteps(documents) {
    const steps = [];
    for (const step of documents.map(canonicalStep)) {
        const previous = steps.at(-1);
        if (step.step === 'normalize' && previous?.step === 'normalize' && isScaleOnly(previous) && step.scale === 1) {
            steps[steps.length - 1] = { ...step, scale: previous.scale };
        }
        else {
            steps.push(step);
        }
    }
    return steps;
}
function canonicalStep(document) {
    if ('resize' in document)
        return resizeStep(document.resize);
    if ('center_crop' in document)
        return { step: 'center_crop', size: cropSize(document.center_crop) };
    if ('letterbox' in document)
        return letterboxStep(document.letterbox);
    if ('pad' in document)
        return padStep(document.pad);
    if ('color' in document)
        return { step: 'color', to: document.color };
    if ('scale' in document)
        return normalizeStep(document);
    if ('mean' in document)
        return normalizeStep(document);
    if ('normalize' in document)
        return normalizeStep(document.normalize);
    if ('layout' in document)
        return { step: 'layout', to: document.layout };
    return { step: 'cast', to: document.cast };
}
function resizeStep(value) {
    if (typeof value === 'number')
        return { step: 'resize', size: { shorter: value }, ...FILTER };
    if (Array.isArray(value))
        return { step: 'resize', size: fromPair(value), ...FILTER };
    const { interpolation, like } = value;
    const size = 'shorter' in value
        ? { shorter: value.shorter }
        : 'longer' in value
            ? { longer: value.longer }
            : { width: value.width, height: value.height };
    return { step: 'resize', size, interpolation, like };
}
function cropSize(value) {
    if (typeof value === 'number')
        return square(value);
    return Array.isArray(value) ? fromPair(value) : value;
}
function letterboxStep(value) {
    if (typeof value === 'number' || Array.isArray(value)) {
        const size = typeof value === 'number' ? square(value) : fromPair(value);
        return { step: 'letterbox', ...size, color: [DEFAULT_LETTERBOX_VALUE], enlarge: true, ...FILTER };
    }
    const { enlarge, interpolation, like } = value;
    const size = 'size' in value ? square(value.size) : { width: value.width, height: value.height };
    return { step: 'letterbox', ...size, color: list(value.value), enlarge, interpolation, like };
}
function padStep(value) {
    if (typeof value === 'number')
        return { step: 'pad', ...everySide(value), color: [0] };
    if ('all' in value)
        return { step: 'pad', ...everySide(value.all), color: list(value.value) };
    const { left = 0, top = 0, right = 0, bottom = 0 } = value;
    return { step: 'pad', left, top, right, bottom, color: list(value.value) };
}
function normalizeStep(value) {
    return { step: 'normalize', scale: factor(value.scale ?? 1), mean: list(value.mean ?? 0), std: list(value.std ?? 1) };
}
function factor(value) {
    if (typeof value === 'number')
        return value;
    const [numerator = NaN, denominator = NaN] = value.split('/').map(Number);
    return numerator / denominator;
}
const square = (size) => ({ width: size, height: size });
const everySide = (size) => ({ left: size, top: size, right: size, bottom: size });
const fromPair = ([width = 0, height = 0]) => ({ width, height });
const list = (value) => (typeof value === 'number' ? [value] : value);
function isScaleOnly({ mean, std }) {
    return mean.every((value) => value === 0) && std.every((value) => value === 1);
}

/** Looks at every path of the valid sections, so that missing files are reported together with everything else. */
async function checkPaths(sections, paths) {
    if (sections.model !== undefined)
        await paths.resolve(sections.model, ['model'], 'file');
    if (sections.decode !== undefined)
        await buildPriors(sections.decode, paths, () => ({ line: 0, column: 0 }));
    if (sections.dataset !== undefined)
        await paths.dataset(sections.dataset, ['dataset']);
    if (sections.calibration !== undefined)
        await paths.dataset(sections.calibration.dataset, ['calibration', 'dataset']);
    if (sections.preprocess !== undefined)
        await buildReference(sections.preprocess, paths);
    for (const [name, variant] of Object.entries(sections.variants ?? {})) {
        if ('model' in variant) {
            await paths.resolve(variant.model, ['variants', name, 'model'], 'file');
            if (variant.engine !== undefined)
                await paths.resolve(variant.engine, ['variants', name, 'engine'], 'file');
        }
        if ('ranges' in variant && variant.ranges !== undefined) {
            await paths.resolve(variant.ranges, ['variants', name, 'ranges'], 'file');
        }
    }
}
/** Turns a document without mistakes into the config that the gate reads. */
async function buildConfig(document, places, paths, locate) {
    const variants = [];
    for (const [name, variant] of Object.entries(document.variants)) {
        const built = await buildVariant(variant, ['variants', name], paths, locate);
        variants.push([name, { ...built, ...buildRequirement(document, name, locate) }]);
    }
    const reference = await buildReference(document.preprocess, paths);
    const speedLimits = buildSpeedLimits(document.thresholds, locate);
    const latency = buildLatency(document.latency, speedLimits);
    const { providers: [first, ...others] = [], batch, device, threads, strict } = document.runtime;
    const provider = first ?? document.runtime.provider;
    return {
        ...places,
        model: await paths.resolve(document.model, ['model'], 'file'),
        task: await buildTask(document, paths, locate),
        ...(document.metric === 'agreement' && { agreement: { minScore: document.agreement_score } }),
        dataset: await paths.dataset(document.dataset, ['dataset']),
        preprocess: canonicalSteps(stepsOf(document.preprocess).steps),
        ...(reference !== undefined && { reference }),
        ...(document.calibration !== undefined && { calibration: await buildCalibration(document.calibration, paths) }),
        variants: new Map(variants),
        expect: buildExpectations(document.expect, locate),
        thresholds: buildThresholds(document.thresholds, metricsOf(document.task, document.metric === 'agreement')[0], locate),
        ...(document.layers !== false && { layers: buildLayers(document.layers) }),
        layerLimits: buildLayerLimits(document.thresholds, locate),
        ...(latency !== undefined && { latency }),
        ...(speedLimits.length > 0 && { speedLimits }),
        runtime: {
            provider,
            ...(others.length > 0 && { others }),
            batch,
            ...buildDevices(devicesOf(device)),
            threads,
            ...(strict && { strict })
        },
        onInconclusive: document.on_inconclusive
    };
}
/** @param devices at least one. */
function buildDevices(devices) {
    return { device: devices[0], ...(devices.length > 1 && { devices }) };
}
async function buildReference(document, paths) {
    if (!('steps' in document) || document.reference === undefined)
        return undefined;
    return paths.reference(document.reference, ['preprocess', 'reference']);
}
async function buildCalibration(document, paths) {
    const dataset = await paths.dataset(document.dataset, ['calibration', 'dataset']);
    const common = { dataset, ...(document.samples !== undefined && { samples: document.samples }) };
    return document.method === 'percentile'
        ? { ...common, method: 'percentile', percentile: document.percentile }
        : { ...common, method: document.method };
}
async function buildVariant(document, path, paths, locate) {
    const position = locate(path, 'key');
    if ('model' in document) {
        const model = await paths.resolve(document.model, [...path, 'model'], 'file');
        if (document.engine === undefined)
            return { kind: 'model', model, position };
        return { kind: 'model', model, engine: await paths.resolve(document.engine, [...path, 'engine'], 'file'), position };
    }
    const keep = buildKeep(document.keep, [...path, 'keep'], locate);
    if (document.precision === 'fp16')
        return { kind: 'fp16', keep, position };
    const { ranges, reduce_range: reduceRange } = document;
    const target = document.target ?? (ranges === undefined ? DEFAULT_TARGET : undefined);
    return {
        kind: 'int8',
        ...(target !== undefined && { target }),
        ...(ranges !== undefined && { ranges: await paths.resolve(ranges, [...path, 'ranges'], 'file') }),
        keep,
        reduceRange,
        position
    };
}
function buildKeep(keep, path, locate) {
    if (typeof keep === 'string')
        return [{ pattern: keep, position: locate(path) }];
    return keep.map((pattern, index) => ({ pattern, position: locate([...path, index]) }));
}
function buildExpectations(document, locate) {
    if (document === undefined)
        return [];
    const { tolerance } = document;
    return LABELLED_METRICS.flatMap((metric) => {
        const value = document[metric];
        return value === undefined ? [] : [{ metric, value, tolerance, position: locate(['expect', metric], 'key') }];
    });
}
/** One entry for each limit, so that each verdict points at its own key. */
function buildThresholds(documents, first, locate) {
    if (documents === undefined) {
        const position = locate(['variants'], 'key');
        return [{ metric: first, maxDropPoints: DEFAULT_MAX_DROP_POINTS, severity: 'error', position }];
    }
    return documents.flatMap((document, index) => {
        if (!('metric' in document))
            return [];
        const { metric, variant, severity, ...limits } = document;
        return LIMIT_KEYS.flatMap((key) => {
            const limit = limits[key];
            if (limit === undefined)
                return [];
            const position = locate(['thresholds', index, key], 'key');
            return [{ metric, ...(variant !== undefined && { variant }), [LIMIT_FIELDS[key]]: limit, severity, position }];
        });
    });
}
const LIMIT_FIELDS = {
    max_drop_points: 'maxDropPoints',
    max_drop_relative: 'maxDropRelative',
    min: 'min',
    max_regression_points: 'maxRegressionPoints'
};

function jsonSchemaOf(schema) {
    return toJSONSchema(schema, { target: 'draft-07', io: 'input' });
}

/** What a value of this schema may be, in words: `a whole number of at least 1`. */
function expectation(schema) {
    return describe$3(jsonSchemaOf(schema));
}
function describe$3(schema) {
    if (schema.title !== undefined)
        return withArticle(schema.title);
    if (schema.anyOf !== undefined && schema.properties === undefined) {
        return joinOr([...new Set(schema.anyOf.map(describe$3))]);
    }
    if (schema.const !== undefined)
        return JSON.stringify(schema.const);
    if (schema.enum !== undefined)
        return joinOr(schema.enum.map((value) => JSON.stringify(value)));
    switch (schema.type) {
        case 'integer':
            return `a whole number${bounds(schema)}`;
        case 'number':
            return schema.not === undefined ? `a number${bounds(schema)}` : 'a number other than 0';
        case 'string':
            return 'text';
        case 'boolean':
            return 'true or false';
        case 'array':
            return schema.items === undefined ? 'a list' : `a list, each ${describe$3(schema.items)}`;
        default:
            return describeMapping(schema);
    }
}
function describeMapping({ properties, required }) {
    if (properties === undefined)
        return 'a mapping';
    const keys = required !== undefined && required.length > 0 ? required : Object.keys(properties);
    return `{${keys.map((key) => `${key}: ...`).join(', ')}}`;
}
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) {
    const from = [
        ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`at least ${minimum}`] : []),
        ...(exclusiveMinimum !== undefined ? [`more than ${exclusiveMinimum}`] : [])
    ];
    const to = [
        ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`at most ${maximum}`] : []),
        ...(exclusiveMaximum !== undefined ? [`less than ${exclusiveMaximum}`] : [])
    ];
    const all = [...from, ...to];
    return all.length === 0 ? '' : ` of ${all.join(' and ')}`;
}
function withArticle(title) {
    return title.startsWith('[') ? title : `a ${title}`;
}
function joinOr(parts) {
    if (parts.length < 2)
        return parts.join('');
    return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

/** `variants.int8.keep[0]`; keys that are not plain words are quoted, which also keeps control characters out. */
function formatPath(path) {
    return path.reduce((text, part) => {
        if (typeof part === 'number')
            return `${text}[${part}]`;
        const key = /^[\w.*-]+$/.test(part) ? part : JSON.stringify(part);
        return text === '' ? key : `${text}.${key}`;
    }, '');
}
const LONGEST_VALUE = 60;
/** A value as it appears in a message: JSON on one line, so that no control character reaches a terminal or a CI log. */
function show(value) {
    const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
/** Top of the file first, as an editor would list them. */
function byPosition(a, b) {
    return (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0);
}

function isMapping(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** The schema below `optional`, `default` and `prefault`. */
function unwrap(schema) {
    return schema instanceof ZodOptional || schema instanceof ZodDefault || schema instanceof ZodPrefault
        ? unwrap(schema.unwrap())
        : schema;
}
function chooseOption(union, value) {
    const options = union.options.map(unwrap);
    if (!isMapping(value)) {
        const option = options.find((candidate) => kindOf(candidate) === kindOfValue(value));
        return option === undefined ? { kind: 'none' } : { kind: 'option', option };
    }
    const mappings = options.filter((option) => option instanceof ZodObject);
    const keys = Object.keys(value);
    if (mappings.length === 0 || keys.length === 0)
        return { kind: 'none' };
    for (const key of keys) {
        const selectors = mappings.flatMap((option) => selectorsOf(option, key));
        const selects = mappings.some((option) => selectorsOf(option, key).length === 1) && selectors.length > 0;
        if (selects && !selectors.some((selector) => selector === value[key])) {
            return { kind: 'discriminator', key, allowed: selectors, options: mappings, value };
        }
    }
    const scored = mappings
        .map((option) => ({ option, score: scoreOf(option, value, mappings) }))
        .sort((a, b) => b.score - a.score);
    const best = scored[0];
    if (best === undefined)
        return { kind: 'none' };
    if (!keys.some((key) => mappings.some((option) => Object.hasOwn(option.shape, key)))) {
        return mappings.length === 1
            ? { kind: 'mapping', option: best.option, options: mappings, value }
            : { kind: 'unknown-keys', keys, options: mappings };
    }
    return { kind: 'mapping', option: best.option, options: mappings, value };
}
/** Why a key that belongs to another branch does not belong to the chosen one; undefined where no branch has it. */
function describeForeignKey(choice, key, path) {
    const owners = choice.options.filter((option) => Object.hasOwn(option.shape, key));
    if (owners.length === 0)
        return undefined;
    const shape = choice.option.shape;
    for (const [selector, schema] of Object.entries(shape)) {
        const values = owners.flatMap((owner) => selectorsOf(owner, selector));
        const own = literals(schema);
        if (own.length === 0 || values.length === 0 || own.some((literal) => values.includes(literal)))
            continue;
        const chosen = choice.value[selector];
        const given = chosen === undefined ? `${show(safeParse(schema, undefined).data)} (the default)` : show(chosen);
        return `${show(key)} goes with ${selector}: ${joinOr(values)} only, and ${formatPath(path)} has ${selector}: ${given}`;
    }
    const partner = Object.keys(choice.value).find((other) => Object.hasOwn(choice.option.shape, other));
    const separate = typeof path.at(-1) === 'number' ? '; put it into a list entry of its own' : '; keep one of them';
    return `${show(key)} cannot be combined with ${show(partner ?? '')}${separate}`;
}
/** Known keys count for a branch, missing ones and a selector with another value against it. */
function scoreOf(option, value, all) {
    return Object.entries(option.shape).reduce((score, [key, schema]) => {
        const values = literals(schema);
        if (!Object.hasOwn(value, key)) {
            const required = !safeParse(schema, undefined).success;
            return required ? score - 2 : score;
        }
        // A value that two branches share tells them not apart.
        const selects = all.some((other) => {
            if (other === option || !Object.hasOwn(other.shape, key))
                return false;
            return values.length > 0 && !selectorsOf(other, key).some((value) => values.includes(value));
        });
        if (!selects)
            return score + 2;
        return values.some((literal) => literal === value[key]) ? score + 8 : score - 8;
    }, 0);
}
function selectorsOf(option, key) {
    const schema = option.shape[key];
    return schema === undefined ? [] : literals(schema);
}
function literals(schema) {
    const inner = unwrap(schema);
    if (inner instanceof ZodLiteral)
        return [...inner.values].map(String);
    return inner instanceof ZodEnum ? inner.options.map(String) : [];
}
function kindOf(schema) {
    if (schema instanceof ZodNumber)
        return 'number';
    if (schema instanceof ZodString || schema instanceof ZodEnum)
        return 'string';
    if (schema instanceof ZodBoolean)
        return 'boolean';
    if (schema instanceof ZodArray)
        return 'list';
    return 'mapping';
}
function kindOfValue(value) {
    if (Array.isArray(value))
        return 'list';
    return isMapping(value) ? 'mapping' : typeof value;
}

/** Several devices divide the test set: with them goes only what can be put together again (docs/shards.md). */
function checkDevices(value, { runtime, latency, thresholds = [] }) {
    if (runtime === undefined || !isMapping(value.runtime) || value.runtime.device === undefined)
        return [];
    const devices = devicesOf(runtime.device);
    const providers = runtime.providers ?? [runtime.provider];
    const at = { path: ['runtime', 'device'], at: 'key' };
    if (providers.every((provider) => provider === 'cpu') && (devices.length > 1 || devices[0] !== 0)) {
        const message = `runtime.device is the index of a GPU, and the config says ${runtime.providers === undefined ? 'provider: cpu' : 'providers: [cpu]'}: remove one of them`;
        return [{ ...at, message }];
    }
    if (devices.length === 1)
        return [];
    const timed = (latency !== undefined && latency !== false) || thresholds.some((limit) => 'min_speedup' in limit);
    const undivided = [
        ...(providers.length > 1 ? ['several providers'] : []),
        ...(timed ? ['a measurement of latency'] : [])
    ].at(0);
    if (undivided === undefined)
        return [];
    const message = `runtime.device names ${devices.length} devices, among which the test set is divided, and a run with ${undivided} cannot be: name one device`;
    return [{ ...at, message }];
}

/** Pixels first, then one normalization, then layout and cast: any other order has no meaning for the pipeline. */
const STAGE = { pixels: 0, normalize: 1, tensor: 2 };
/** Steps in the wrong order, twice where once makes sense, or with mean and std of different lengths. */
function checkSteps(documents, path) {
    const problems = [];
    const done = [];
    documents.forEach((document, index) => {
        const key = Object.keys(document)[0] ?? '';
        const stage = stageOf(document);
        const report = (message) => problems.push({ path: [...path, index, key], at: 'key', message });
        const later = done.find((other) => other.stage > stage);
        if (later !== undefined)
            report(`${key} must come before ${later.key}: ${STAGE_RULE}`);
        else if (stage !== STAGE.pixels && repeats(document, done))
            report(`${key} repeats an earlier step: ${STAGE_RULE}`);
        const values = 'normalize' in document ? document.normalize : 'mean' in document ? document : undefined;
        if (values !== undefined && clash(values.mean, values.std)) {
            report(`mean has ${list(values.mean ?? 0).length} values and std has ${list(values.std ?? 1).length}: expected as many`);
        }
        done.push({ key, stage });
    });
    return problems;
}
const STAGE_RULE = 'pixel steps come first, then one scale, mean and std (or normalize), then layout and cast';
function stageOf(document) {
    const [step] = canonicalSteps([document]);
    if (step?.step === 'normalize')
        return STAGE.normalize;
    return step?.step === 'layout' || step?.step === 'cast' ? STAGE.tensor : STAGE.pixels;
}
function repeats(document, done) {
    const key = Object.keys(document)[0] ?? '';
    const stage = stageOf(document);
    if (stage === STAGE.tensor)
        return done.some((other) => other.key === key);
    const earlier = done.filter((other) => other.stage === STAGE.normalize).map((other) => other.key);
    return earlier.length > 0 && !('mean' in document && earlier.length === 1 && earlier[0] === 'scale');
}
function clash(mean, std) {
    return Array.isArray(mean) && Array.isArray(std) && mean.length !== std.length && mean.length > 1 && std.length > 1;
}

const FORMS = {
    classification: 'a folder per class, {manifest}, or {npy, labels}',
    detection: '{coco, images}, {voc, images, classes}, or {yolo, images, classes}',
    segmentation: '{masks, images}'
};
const UNLABELLED = 'without labels variants can be compared with FP32 alone: metric: agreement (docs/agreement.md)';
/** The task against the forms of data, the decoder and the metrics that go with it. */
function checkTask(value, sections) {
    const { task } = sections;
    if (task === undefined)
        return [];
    const agreement = value.metric === 'agreement';
    return [
        ...(agreement ? checkAgreement(task, value, sections) : checkDataset(task, sections)),
        ...checkDecode(task, value, sections),
        ...checkMetrics(task, value, agreement),
        ...checkScore(task, value, agreement)
    ];
}
function checkDataset(task, { dataset }) {
    if (dataset === undefined)
        return [];
    const at = { path: ['dataset'], at: 'value' };
    const own = taskOfData(dataset);
    if (own === undefined)
        return [
            { ...at, message: `dataset holds images without labels, and task ${task} takes ${FORMS[task]}; ${UNLABELLED}` }
        ];
    if (own !== task)
        return [{ ...at, message: `dataset is for ${own}, and task is ${task}, which takes ${FORMS[task]}` }];
    const unlabelled = typeof dataset === 'object' && 'npy' in dataset && dataset.labels === undefined;
    return unlabelled
        ? [{ path: ['dataset'], at: 'key', message: `dataset has no "labels": expected a path; ${UNLABELLED}` }]
        : [];
}
/** What labels would be needed for has no place beside `metric: agreement`. */
function checkAgreement(task, value, { dataset }) {
    const problems = [];
    if (value.expect !== undefined) {
        const message = "expect is a figure against labels, and metric: agreement compares with FP32's own answers, with which FP32 agrees by definition: remove it";
        problems.push({ path: ['expect'], at: 'key', message });
    }
    if (task !== 'classification' && typeof dataset === 'object' && 'npy' in dataset) {
        const message = `task: ${task} takes images: of tensors the size of the image is not known`;
        problems.push({ path: ['dataset'], at: 'value', message });
    }
    return problems;
}
/** @returns undefined for images alone. */
function taskOfData(dataset) {
    if (typeof dataset === 'string')
        return 'classification';
    if ('masks' in dataset)
        return 'segmentation';
    if ('coco' in dataset || 'voc' in dataset || 'yolo' in dataset)
        return 'detection';
    return 'images' in dataset ? undefined : 'classification';
}
function checkDecode(task, value, { decode }) {
    const problems = [];
    const given = value.decode !== undefined;
    const own = decode === undefined ? undefined : 'layout' in decode ? 'detection' : 'segmentation';
    if (task === 'classification') {
        // Keys that nobody knows are told already.
        for (const key of decode !== undefined && isMapping(value.decode) ? Object.keys(value.decode) : []) {
            if (key === 'output')
                continue;
            const message = `decode.${key} is for detection and segmentation: of classification, decode has only the name of the output that holds the scores, {output: NAME}`;
            problems.push({ path: ['decode', key], at: 'key', message });
        }
    }
    else if (task === 'detection' && (!given || own === 'segmentation')) {
        const message = 'task: detection needs decode: {layout: ...}, which says how the outputs hold boxes ("precision-gate init" proposes one)';
        problems.push({ path: given ? ['decode'] : ['task'], at: given ? 'key' : 'value', message });
    }
    else if (task === 'segmentation' && own === 'detection') {
        const message = 'decode.layout is for detection; segmentation takes decode: {kind: scores, binary or labels}';
        problems.push({ path: ['decode', 'layout'], at: 'key', message });
    }
    if (decode !== undefined && 'layout' in decode && decode.priors !== undefined)
        problems.push(...checkPriors(decode));
    if (task !== 'detection' && value.voc_iou !== undefined) {
        problems.push({ path: ['voc_iou'], at: 'key', message: `voc_iou is for task: detection, and task is ${task}` });
    }
    return problems;
}
function checkScore(task, value, agreement) {
    if (value.agreement_score === undefined || (agreement && task === 'detection'))
        return [];
    const message = 'agreement_score is for task: detection with metric: agreement';
    return [{ path: ['agreement_score'], at: 'key', message }];
}
/** Offsets from priors leave nothing to choose about the boxes. */
function checkPriors({ layout, outputs, box_format: format, units }) {
    const problems = [];
    if (layout !== 'ssd') {
        const message = `decode.priors goes with layout: ssd, and layout is ${layout}`;
        problems.push({ path: ['decode', 'priors'], at: 'key', message });
    }
    if (outputs?.priors !== undefined) {
        const message = 'decode.priors is a file, and decode.outputs.priors an output of the model: keep one of them';
        problems.push({ path: ['decode', 'priors'], at: 'key', message });
    }
    for (const [key, given] of Object.entries({ box_format: format, units })) {
        if (given === undefined)
            continue;
        const message = `decode.${key} is for boxes that are final, and with priors they are offsets: say \`priors: {file: ..., ${key}: ...}\``;
        problems.push({ path: ['decode', key], at: 'key', message });
    }
    return problems;
}
/** Reads the names as they are written, so that another mistake in the same entry does not hide these. */
function checkMetrics(task, { expect, thresholds }, agreement) {
    const named = [];
    if (isMapping(expect) && !agreement) {
        for (const metric of METRICS)
            if (metric in expect)
                named.push({ metric, path: ['expect', metric], at: 'key' });
    }
    if (Array.isArray(thresholds)) {
        thresholds.forEach((entry, index) => {
            const metric = isMapping(entry) ? METRICS.find((known) => known === entry.metric) : undefined;
            if (metric !== undefined)
                named.push({ metric, path: ['thresholds', index, 'metric'], at: 'value' });
        });
    }
    const own = metricsOf(task, agreement);
    return named.flatMap(({ metric, path, at }) => own.includes(metric) ? [] : [{ path, at, message: foreignMetric(metric, task, agreement, own.join(', ')) }]);
}
function foreignMetric(metric, task, agreement, own) {
    if (agreement && !isAgreement(metric))
        return `${show(metric)} compares with labels, and the config says metric: agreement: it gives ${own}`;
    if (!agreement && isAgreement(metric))
        return `${show(metric)} compares with FP32's answers: it needs metric: agreement at the top of the config, in place of labels`;
    return `${show(metric)} is a metric of ${taskOf(metric) ?? 'another task'}, and task is ${task}: it gives ${own}`;
}

function validSections(value) {
    const entries = Object.entries(documentSchema.shape).flatMap(([key, schema]) => {
        const parsed = schema.safeParse(value[key]);
        return parsed.success && parsed.data !== undefined ? [[key, parsed.data]] : [];
    });
    return Object.fromEntries(entries);
}
/** Contradictions between parts of the config that are each valid. */
function checkSections(value, sections) {
    const { steps, path } = stepsOf(sections.preprocess ?? []);
    return [
        ...checkSteps(steps, path),
        ...checkTensorData(sections),
        ...checkTask(value, sections),
        ...checkCalibration(value),
        ...checkVariantNames(value, sections),
        ...checkLayerLimits(sections),
        ...checkProviders(value),
        ...checkDevices(value, sections),
        ...checkSpeedLimits(sections)
    ];
}
function checkProviders({ runtime }) {
    if (!isMapping(runtime) || runtime.provider === undefined || runtime.providers === undefined)
        return [];
    const message = '"providers" cannot be combined with "provider"; the first one of the list is the one that is judged in full';
    return [{ path: ['runtime', 'providers'], at: 'key', message }];
}
function checkTensorData({ dataset, calibration, preprocess = [] }) {
    if (dataset === undefined)
        return [];
    const problems = [];
    if (isTensors(dataset) && (stepsOf(preprocess).steps.length > 0 || 'reference' in preprocess)) {
        const message = 'preprocess is for images: the tensors of an .npy data set go to the model as they are';
        problems.push({ path: ['preprocess'], at: 'key', message });
    }
    if (calibration !== undefined && isTensors(calibration.dataset) !== isTensors(dataset)) {
        const [one, other] = isTensors(dataset) ? ['tensors', 'images'] : ['images', 'tensors'];
        const message = `calibration.dataset holds ${other} and dataset ${one}: both must be of the same kind`;
        problems.push({ path: ['calibration', 'dataset'], at: 'value', message });
    }
    return problems;
}
function isTensors(dataset) {
    return typeof dataset === 'object' && 'npy' in dataset;
}
function checkCalibration(value) {
    if (value.calibration !== undefined)
        return [];
    return variantsOf(value)
        .filter(([, variant]) => 'precision' in variant && variant.precision === 'int8' && variant.ranges === undefined)
        .map(([name]) => ({
        path: ['variants', name],
        at: 'key',
        message: `variants.${name} has precision: int8, which needs calibration: add calibration: {dataset: ...}, or ranges: FILE to the variant`
    }));
}
/** Read variant by variant, so that a mistake in one of them leaves the others checked. */
function variantsOf(value) {
    if (!isMapping(value.variants))
        return [];
    return Object.entries(value.variants).flatMap(([name, variant]) => {
        const parsed = variantSchema.safeParse(variant);
        return parsed.success ? [[name, parsed.data]] : [];
    });
}
function checkLayerLimits({ layers, thresholds = [] }) {
    if (layers !== false)
        return [];
    return thresholds.flatMap((threshold, index) => 'layer' in threshold
        ? [
            {
                path: ['thresholds', index, 'layer'],
                at: 'key',
                message: 'a limit on layers needs their comparison, and the config says layers: false'
            }
        ]
        : []);
}
function checkVariantNames(value, { thresholds = [] }) {
    if (!isMapping(value.variants))
        return [];
    const names = Object.keys(value.variants);
    const twins = names.flatMap((name, index) => {
        const first = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
        const message = `variants ${show(first)} and ${show(name)} differ in case only: their files would overwrite each other`;
        return first === undefined ? [] : [{ path: ['variants', name], at: 'key', message }];
    });
    const unknown = thresholds.flatMap(({ variant }, index) => {
        if (variant === undefined || names.includes(variant))
            return [];
        const path = ['thresholds', index, 'variant'];
        const hint = didYouMean(variant, names);
        return [
            { path, at: 'value', message: `there is no variant ${show(variant)}${hint}: variants are ${names.join(', ')}` }
        ];
    });
    return [...twins, ...unknown];
}

/**
 * Explains why a value does not fit a schema: every problem, each at the deepest key or value that is to blame.
 * zod decides what is valid; this walk only finds the words, because zod's own account of a failed union lists every branch.
 * @returns nothing where the value is valid.
 */
function diagnose(schema, value, path = []) {
    if (isValid(schema, value))
        return [];
    const inner = unwrap(schema);
    if (value === undefined || value === null)
        return [blame(inner, value, path)];
    if (inner instanceof ZodUnion)
        return diagnoseUnion(inner, value, path);
    if (inner instanceof ZodObject && isMapping(value))
        return diagnoseObject(inner, value, path);
    if (inner instanceof ZodRecord && isMapping(value))
        return diagnoseRecord(inner, value, path);
    if (inner instanceof ZodArray && Array.isArray(value)) {
        const items = value.flatMap((item, index) => diagnose(inner.element, item, [...path, index]));
        return items.length > 0 ? items : [blame(inner, value, path)];
    }
    return [blame(inner, value, path)];
}
function diagnoseObject(schema, value, path, foreign) {
    const shape = schema.shape;
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key));
    const problems = unknown.map((key) => unknownKey(key, Object.keys(shape), path, foreign?.(key)));
    // A misspelt key explains the missing one: saying both would make one mistake look like two.
    const explained = unknown.map((key) => didYouMean(key, Object.keys(shape))).join();
    for (const [key, child] of Object.entries(shape)) {
        const missing = !Object.hasOwn(value, key);
        if (!missing)
            problems.push(...diagnose(child, value[key], [...path, key]));
        else if (!isValid(child, undefined) && !explained.includes(JSON.stringify(key))) {
            const where = path.length === 0 ? 'the file' : formatPath(path);
            problems.push({ path, at: 'key', message: `${where} has no ${show(key)}: expected ${expectation(child)}` });
        }
    }
    return problems.length > 0 ? problems : [blame(schema, value, path)];
}
function diagnoseRecord(schema, value, path) {
    const problems = Object.entries(value).flatMap(([key, child]) => {
        const named = isValid(schema.keyType, key);
        const name = named
            ? []
            : [
                {
                    path: [...path, key],
                    at: 'key',
                    message: `${show(key)} is no usable name: expected ${expectation(schema.keyType)}`
                }
            ];
        return [...name, ...diagnose(schema.valueType, child, [...path, key])];
    });
    return problems.length > 0 ? problems : [blame(schema, value, path)];
}
function diagnoseUnion(schema, value, path) {
    const choice = chooseOption(schema, value);
    switch (choice.kind) {
        case 'option':
            return diagnose(choice.option, value, path);
        case 'mapping':
            return diagnoseObject(choice.option, choice.value, path, (key) => describeForeignKey(choice, key, path));
        case 'discriminator': {
            const { key, options, value: mapping } = choice;
            const allowed = [...new Set(options.flatMap((option) => Object.keys(option.shape)))];
            const values = choice.allowed.map((text) => JSON.stringify(text));
            const unknown = Object.keys(mapping).filter((name) => !allowed.includes(name));
            return [
                blameValue([...path, key], mapping[key], joinOr(values), choice.allowed),
                ...unknown.map((name) => unknownKey(name, allowed, path))
            ];
        }
        case 'unknown-keys': {
            const allowed = [...new Set(choice.options.flatMap((option) => Object.keys(option.shape)))];
            return choice.keys.map((key) => unknownKey(key, allowed, path));
        }
        case 'none':
            return [blame(schema, value, path)];
    }
}
function unknownKey(key, allowed, path, foreign) {
    const at = { path: [...path, key], at: 'key' };
    if (foreign !== undefined)
        return { ...at, message: foreign };
    if (key === '<<')
        return { ...at, message: 'merge keys ("<<") are not part of YAML 1.2: repeat the keys, or alias a whole value' };
    const where = path.length === 0 ? '' : ` in ${formatPath(path)}`;
    return {
        ...at,
        message: `unknown key ${show(key)}${where}${didYouMean(key, allowed)}: allowed are ${allowed.join(', ')}`
    };
}
/** Blames a value as a whole, in the words of the schema's own refinement where only that failed. */
function blame(schema, value, path) {
    const custom = safeParse(schema, value)
        .error?.issues.find(({ code, path: at }) => code === 'custom' && at.length === 0);
    if (custom !== undefined) {
        return { path, at: 'value', message: `${formatPath(path)} is ${show(value)}: ${custom.message}` };
    }
    if (Array.isArray(value) && value.length === 0) {
        return { path, at: 'value', message: `${formatPath(path)} is an empty list: expected at least one entry` };
    }
    const candidates = schema instanceof ZodEnum || schema instanceof ZodLiteral ? enumValues(schema) : [];
    return blameValue(path, value, expectation(schema), candidates);
}
function blameValue(path, value, expected, candidates) {
    const where = path.length === 0 ? 'the file' : formatPath(path);
    if (value === null || value === undefined)
        return { path, at: 'key', message: `${where} is empty: expected ${expected}` };
    if (typeof value === 'number' && !Number.isFinite(value)) {
        return { path, at: 'value', message: `${where} is ${show(value)}: expected a finite number` };
    }
    const suggestion = typeof value === 'string' ? didYouMean(value, candidates) : percentAsShare(value, expected);
    return { path, at: 'value', message: `${where} is ${show(value)}: expected ${expected}${suggestion}` };
}
/** Metrics are shares; people publish percentages. */
function percentAsShare(value, expected) {
    const share = /at least 0 and at most 1$/.test(expected);
    if (!share || typeof value !== 'number' || value <= 1 || value > 100)
        return '';
    return ` (did you mean ${Number((value / 100).toPrecision(12))}?)`;
}
function enumValues(schema) {
    const values = schema instanceof ZodEnum ? schema.options : [...schema.values];
    return values.length > 1 ? values.map(String) : [];
}
function isValid(schema, value) {
    return safeParse(schema, value).success;
}

/**
 * Files below a folder whose relative path matches a glob, sorted, with `/`. `*` stops at `/` and `**` does not. Folders
 * whose name starts with a dot, and node_modules, are left out, and none is entered deeper than the glob reaches.
 */
async function findFiles(folder, glob) {
    const matches = picomatch(glob);
    const depth = glob.includes('**') ? Infinity : glob.split('/').length;
    const found = [];
    const walk = async (prefix, level) => {
        const entries = await readdir(`${folder}/${prefix}`, { withFileTypes: true });
        for (const entry of entries) {
            const name = `${prefix}${entry.name}`;
            if (entry.isDirectory()) {
                const skipped = entry.name.startsWith('.') || entry.name === 'node_modules';
                if (!skipped && level < depth)
                    await walk(`${name}/`, level + 1);
            }
            else if (matches(name))
                found.push(name);
        }
    };
    await walk('', 1);
    return found.sort();
}

/** Resolves the paths of one config and collects what is wrong with them. */
class PathResolver {
    folder;
    workspace;
    issues = [];
    /**
     * @param folder of the config file; paths start there.
     * @param workspace that they may not leave. Both free of symbolic links.
     */
    constructor(folder, workspace) {
        this.folder = folder;
        this.workspace = workspace;
    }
    /** @returns the absolute path; also where it was refused, since an issue then stops the gate. */
    async resolve(given, path, kind) {
        const confined = confine(given, this.folder, this.workspace);
        const refused = 'refused' in confined ? confined.refused : await inspectPath(confined.file, this.workspace, kind);
        if (refused !== undefined)
            this.issues.push({ path, message: `${formatPath(path)} ${show(given)} ${refused}` });
        return 'refused' in confined ? given : confined.file;
    }
    async optional(given, path) {
        return given === undefined ? undefined : this.resolve(given, path, 'file');
    }
    /** The .npy files behind a glob, a folder or a file name. */
    async reference(given, path) {
        const refuse = (refused) => {
            this.issues.push({ path, message: `${formatPath(path)} ${show(given)} ${refused}` });
            return { root: this.folder, files: [] };
        };
        const { base, glob, isGlob } = picomatch.scan(given);
        const confined = confine(base === '' ? '.' : base, this.folder, this.workspace);
        if ('refused' in confined)
            return refuse(confined.refused);
        const isFile = !isGlob && base.endsWith('.npy');
        const refused = await inspectPath(confined.file, this.workspace, isFile ? 'file' : 'folder');
        if (refused !== undefined)
            return refuse(refused);
        if (isFile)
            return { root: dirname(confined.file), files: [basename(confined.file)] };
        const files = await findFiles(confined.file, isGlob ? glob : '**/*.npy');
        const tensors = files.filter((file) => file.endsWith('.npy'));
        return tensors.length > 0 ? { root: confined.file, files: tensors } : refuse('matches no .npy file');
    }
    async dataset(document, path) {
        if (typeof document === 'string') {
            return { kind: 'folders', path: await this.resolve(document, path, 'folder'), classOffset: 0 };
        }
        if ('coco' in document || 'voc' in document || 'yolo' in document)
            return this.detection(document, path);
        if ('masks' in document)
            return this.segmentation(document, path);
        if ('images' in document) {
            return { kind: 'images', images: await this.resolve(document.images, [...path, 'images'], 'folder') };
        }
        const classOffset = document.class_offset;
        if ('npy' in document) {
            const inputs = await this.resolve(document.npy, [...path, 'npy'], 'file');
            const labels = await this.optional(document.labels, [...path, 'labels']);
            return { kind: 'npy', inputs, ...(labels !== undefined && { labels }), classOffset };
        }
        const classes = await this.optional(document.classes, [...path, 'classes']);
        const named = { ...(classes !== undefined && { classes }), classOffset };
        if ('path' in document) {
            return { kind: 'folders', path: await this.resolve(document.path, [...path, 'path'], 'folder'), ...named };
        }
        const manifest = await this.resolve(document.manifest, [...path, 'manifest'], 'file');
        const root = document.root === undefined ? dirname(manifest) : await this.resolve(document.root, [...path, 'root'], 'folder');
        return { kind: 'manifest', manifest, root, ...named };
    }
    async detection(document, path) {
        const images = await this.resolve(document.images, [...path, 'images'], 'folder');
        if ('coco' in document) {
            return { kind: 'coco', annotations: await this.resolve(document.coco, [...path, 'coco'], 'file'), images };
        }
        const classes = await this.resolve(document.classes, [...path, 'classes'], 'file');
        if ('yolo' in document) {
            return { kind: 'yolo', labels: await this.resolve(document.yolo, [...path, 'yolo'], 'folder'), images, classes };
        }
        const annotations = await this.resolve(document.voc, [...path, 'voc'], 'folder');
        const list = await this.optional(document.list, [...path, 'list']);
        return { kind: 'voc', annotations, images, classes, ...(list !== undefined && { list }) };
    }
    async segmentation(document, path) {
        const classes = await this.optional(document.classes, [...path, 'classes']);
        const { image_suffix: imageSuffix, mask_suffix: maskSuffix, ignore, map, others } = document;
        const values = new Map(Object.entries(map ?? {}).map(([value, index]) => [Number(value), index]));
        return {
            kind: 'masks',
            images: await this.resolve(document.images, [...path, 'images'], 'folder'),
            masks: await this.resolve(document.masks, [...path, 'masks'], 'folder'),
            ...(classes !== undefined && { classes }),
            ...(imageSuffix !== undefined && { imageSuffix }),
            maskSuffix,
            ...(ignore !== undefined && { ignore }),
            ...(map !== undefined && { map: { values, others } })
        };
    }
}

/** Aliases resolved in all; each reuse of an anchor counts with everything inside it. */
const MAX_ALIASES = 100;
/**
 * Parses YAML 1.2 (core schema) with positions. Syntax errors, duplicate keys, unknown tags and keys that are not text are
 * problems; a text whose aliases multiply is refused before it is expanded.
 * @returns `value` undefined where the text has no usable structure.
 */
function parseYaml(text, file) {
    const lines = new distExports.LineCounter();
    const position = (offset) => {
        const { line, col } = lines.linePos(offset);
        return { line: Math.max(1, line), column: Math.max(1, col) };
    };
    const broken = (message, at = 0) => ({
        value: undefined,
        problems: [{ file, position: position(at), message }],
        locate: () => position(at)
    });
    let document;
    try {
        document = distExports.parseDocument(text, {
            version: '1.2',
            schema: 'core',
            strict: true,
            uniqueKeys: true,
            stringKeys: true,
            prettyErrors: false,
            lineCounter: lines
        });
    }
    catch (error) {
        if (error instanceof RangeError)
            return broken('the file is nested too deeply');
        throw error;
    }
    const problems = [...document.errors, ...document.warnings].map((error) => ({
        file,
        position: position(error.pos[0]),
        message: explain(error, text)
    }));
    const unusable = unusableAliases(document).map(({ offset, message }) => ({
        file,
        position: position(offset),
        message
    }));
    problems.push(...unusable);
    const structural = unusable.length > 0 || document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
    const locate = (path, at = 'value') => position(offsetOf$1(document, path, at));
    if (structural)
        return { value: undefined, problems, locate };
    if (document.contents === null)
        return broken('the file is empty: it needs at least version, model, dataset and variants');
    try {
        return { value: document.toJS({ maxAliasCount: MAX_ALIASES }), problems, locate };
    }
    catch (error) {
        if (error.name !== 'ReferenceError')
            throw error;
        return broken(`the aliases of the file multiply to more than ${MAX_ALIASES} copies of an anchor`);
    }
}
function explain(error, text) {
    switch (error.code) {
        case 'DUPLICATE_KEY': {
            const key = /^[^:\n]*/.exec(text.slice(error.pos[0], error.pos[0] + 80))?.[0].trim() ?? '';
            return `duplicate key ${show(key.replace(/^["']|["']$/g, ''))}: a key may appear once; keep one of them`;
        }
        case 'MULTIPLE_DOCS':
            return 'the file holds more than one YAML document: remove the "---" between them';
        default:
            return `not valid YAML: ${error.message}`;
    }
}
/** Aliases of anchors that are not there, and those inside their own anchor, which would never end. */
function unusableAliases(document) {
    const found = [];
    distExports.visit(document, {
        Alias: (_, alias, parents) => {
            const target = alias.resolve(document);
            const offset = alias.range?.[0] ?? 0;
            if (target === undefined) {
                found.push({ offset, message: `*${alias.source} refers to an anchor that is not defined before it` });
            }
            else if (parents.some((parent) => parent === target)) {
                found.push({ offset, message: `*${alias.source} stands inside its own anchor` });
            }
        }
    });
    return found;
}
/** Offset of a value or of its key; of the nearest parent that is there where the path leads nowhere. */
function offsetOf$1(document, path, at) {
    let node = resolve(document, document.contents);
    let offset = startOf(document.contents) ?? 0;
    for (const [depth, part] of path.entries()) {
        const last = depth === path.length - 1;
        if (distExports.isMap(node)) {
            const pair = node.items.find((item) => distExports.isScalar(item.key) && String(item.key.value) === String(part));
            if (pair === undefined)
                return offset;
            const key = startOf(pair.key);
            const value = startOf(pair.value);
            const wanted = last && at === 'value' ? (value ?? key) : key;
            offset = wanted ?? offset;
            node = resolve(document, pair.value);
        }
        else if (distExports.isSeq(node)) {
            const item = node.items[Number(part)];
            if (item === undefined)
                return offset;
            offset = startOf(item) ?? offset;
            node = resolve(document, item);
        }
        else {
            return offset;
        }
    }
    return offset;
}
function resolve(document, node) {
    return distExports.isAlias(node) ? (node.resolve(document) ?? null) : node;
}
function startOf(node) {
    if (node === null || node === undefined)
        return undefined;
    // `key:` without a value parses to an empty scalar behind the colon: the key is the better place to show.
    if (distExports.isScalar(node) && node.range !== undefined && node.range !== null && node.range[0] === node.range[1])
        return undefined;
    return node.range?.[0];
}

/** No config comes near it; it bounds what an untrusted file can cost. */
const MAX_BYTES = 1024 * 1024;
/**
 * Reads, checks and completes a config file.
 * @param file relative to the working directory; it appears in messages as it is given.
 * @throws ConfigurationError with every problem that was found, each with file, line and column.
 */
async function loadConfig(file, options = {}) {
    const { folder, workspace } = await locateConfig(file, options);
    const source = parseYaml(await readText(file), file);
    const paths = new PathResolver(folder, workspace);
    const issues = [...source.problems, ...(await findIssues(source, paths, file))];
    if (issues.length > 0)
        throw new ConfigurationError(issues.sort(byPosition));
    const document = documentSchema.parse(source.value);
    return buildConfig(document, { file: join(folder, basename(file)), workspace }, paths, source.locate);
}
async function findIssues(source, paths, file) {
    if (source.value === undefined)
        return [];
    if (!isMapping(source.value)) {
        return [{ file, position: source.locate([]), message: 'expected a mapping that starts with "version: 1"' }];
    }
    const sections = validSections(source.value);
    await checkPaths(sections, paths);
    const problems = [...diagnose(documentSchema, source.value), ...checkSections(source.value, sections)];
    return [
        ...problems.map(({ path, at, message }) => ({ file, position: source.locate(path, at), message })),
        ...paths.issues.map(({ path, message }) => ({ file, position: source.locate(path), message }))
    ];
}
async function locateConfig(file, options) {
    const real = await realpath(file).catch((error) => {
        throw unreadable(file, error);
    });
    const folder = await realpath(dirname(resolve$1(file)));
    const workspace = await findWorkspace(folder, options.workspace).catch((error) => {
        throw new ConfigurationError([{ message: `the workspace ${options.workspace} cannot be used: ${messageOf(error)}` }], 'give --workspace an existing folder', { cause: error });
    });
    if (!isInside(workspace, real)) {
        throw new ConfigurationError([{ file, message: `the config lies outside the workspace ${workspace}` }], 'move it, or give a wider --workspace');
    }
    return { folder, workspace };
}
async function readText(file) {
    try {
        const found = await stat(file);
        if (!found.isFile())
            throw new Error('it is not a file');
        if (found.size > MAX_BYTES)
            throw new Error('it is larger than 1 MiB');
        return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
    }
    catch (error) {
        throw unreadable(file, error);
    }
}
function unreadable(file, error) {
    const code = error.code;
    if (code === 'ENOENT') {
        return new ConfigurationError([{ message: `config file ${file} does not exist` }], 'name it with -c, or write one with "precision-gate init MODEL.onnx"', { cause: error });
    }
    const reasons = {
        EACCES: 'permission denied',
        EISDIR: 'it is a folder',
        ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text'
    };
    const reason = (code !== undefined ? reasons[code] : undefined) ?? messageOf(error);
    return new ConfigurationError([{ message: `config file ${file} cannot be read: ${reason}` }], undefined, {
        cause: error
    });
}

var commander$1 = {};

var argument$1 = {};

var error = {};

/**
 * CommanderError class
 */

var hasRequiredError;

function requireError () {
	if (hasRequiredError) return error;
	hasRequiredError = 1;
	class CommanderError extends Error {
	  /**
	   * Constructs the CommanderError class
	   * @param {number} exitCode suggested exit code which could be used with process.exit
	   * @param {string} code an id string representing the error
	   * @param {string} message human-readable description of the error
	   */
	  constructor(exitCode, code, message) {
	    super(message);
	    // properly capture stack trace in Node.js
	    Error.captureStackTrace(this, this.constructor);
	    this.name = this.constructor.name;
	    this.code = code;
	    this.exitCode = exitCode;
	    this.nestedError = undefined;
	  }
	}

	/**
	 * InvalidArgumentError class
	 */
	class InvalidArgumentError extends CommanderError {
	  /**
	   * Constructs the InvalidArgumentError class
	   * @param {string} [message] explanation of why argument is invalid
	   */
	  constructor(message) {
	    super(1, 'commander.invalidArgument', message);
	    // properly capture stack trace in Node.js
	    Error.captureStackTrace(this, this.constructor);
	    this.name = this.constructor.name;
	  }
	}

	error.CommanderError = CommanderError;
	error.InvalidArgumentError = InvalidArgumentError;
	return error;
}

var hasRequiredArgument;

function requireArgument () {
	if (hasRequiredArgument) return argument$1;
	hasRequiredArgument = 1;
	const { InvalidArgumentError } = requireError();

	class Argument {
	  /**
	   * Initialize a new command argument with the given name and description.
	   * The default is that the argument is required, and you can explicitly
	   * indicate this with <> around the name. Put [] around the name for an optional argument.
	   *
	   * @param {string} name
	   * @param {string} [description]
	   */

	  constructor(name, description) {
	    this.description = description || '';
	    this.variadic = false;
	    this.parseArg = undefined;
	    this.defaultValue = undefined;
	    this.defaultValueDescription = undefined;
	    this.argChoices = undefined;

	    switch (name[0]) {
	      case '<': // e.g. <required>
	        this.required = true;
	        this._name = name.slice(1, -1);
	        break;
	      case '[': // e.g. [optional]
	        this.required = false;
	        this._name = name.slice(1, -1);
	        break;
	      default:
	        this.required = true;
	        this._name = name;
	        break;
	    }

	    if (this._name.endsWith('...')) {
	      this.variadic = true;
	      this._name = this._name.slice(0, -3);
	    }
	  }

	  /**
	   * Return argument name.
	   *
	   * @return {string}
	   */

	  name() {
	    return this._name;
	  }

	  /**
	   * @package
	   */

	  _collectValue(value, previous) {
	    if (previous === this.defaultValue || !Array.isArray(previous)) {
	      return [value];
	    }

	    previous.push(value);
	    return previous;
	  }

	  /**
	   * Set the default value, and optionally supply the description to be displayed in the help.
	   *
	   * @param {*} value
	   * @param {string} [description]
	   * @return {Argument}
	   */

	  default(value, description) {
	    this.defaultValue = value;
	    this.defaultValueDescription = description;
	    return this;
	  }

	  /**
	   * Set the custom handler for processing CLI command arguments into argument values.
	   *
	   * @param {Function} [fn]
	   * @return {Argument}
	   */

	  argParser(fn) {
	    this.parseArg = fn;
	    return this;
	  }

	  /**
	   * Only allow argument value to be one of choices.
	   *
	   * @param {string[]} values
	   * @return {Argument}
	   */

	  choices(values) {
	    this.argChoices = values.slice();
	    this.parseArg = (arg, previous) => {
	      if (!this.argChoices.includes(arg)) {
	        throw new InvalidArgumentError(
	          `Allowed choices are ${this.argChoices.join(', ')}.`,
	        );
	      }
	      if (this.variadic) {
	        return this._collectValue(arg, previous);
	      }
	      return arg;
	    };
	    return this;
	  }

	  /**
	   * Make argument required.
	   *
	   * @returns {Argument}
	   */
	  argRequired() {
	    this.required = true;
	    return this;
	  }

	  /**
	   * Make argument optional.
	   *
	   * @returns {Argument}
	   */
	  argOptional() {
	    this.required = false;
	    return this;
	  }
	}

	/**
	 * Takes an argument and returns its human readable equivalent for help usage.
	 *
	 * @param {Argument} arg
	 * @return {string}
	 * @private
	 */

	function humanReadableArgName(arg) {
	  const nameOutput = arg.name() + (arg.variadic === true ? '...' : '');

	  return arg.required ? '<' + nameOutput + '>' : '[' + nameOutput + ']';
	}

	argument$1.Argument = Argument;
	argument$1.humanReadableArgName = humanReadableArgName;
	return argument$1;
}

var command = {};

var help = {};

var hasRequiredHelp;

function requireHelp () {
	if (hasRequiredHelp) return help;
	hasRequiredHelp = 1;
	const { humanReadableArgName } = requireArgument();

	/**
	 * TypeScript import types for JSDoc, used by Visual Studio Code IntelliSense and `npm run typescript-checkJS`
	 * https://www.typescriptlang.org/docs/handbook/jsdoc-supported-types.html#import-types
	 * @typedef { import("./argument.js").Argument } Argument
	 * @typedef { import("./command.js").Command } Command
	 * @typedef { import("./option.js").Option } Option
	 */

	// Although this is a class, methods are static in style to allow override using subclass or just functions.
	class Help {
	  constructor() {
	    this.helpWidth = undefined;
	    this.minWidthToWrap = 40;
	    this.sortSubcommands = false;
	    this.sortOptions = false;
	    this.showGlobalOptions = false;
	  }

	  /**
	   * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
	   * and just before calling `formatHelp()`.
	   *
	   * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
	   *
	   * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
	   */
	  prepareContext(contextOptions) {
	    this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
	  }

	  /**
	   * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
	   *
	   * @param {Command} cmd
	   * @returns {Command[]}
	   */

	  visibleCommands(cmd) {
	    const visibleCommands = cmd.commands.filter((cmd) => !cmd._hidden);
	    const helpCommand = cmd._getHelpCommand();
	    if (helpCommand && !helpCommand._hidden) {
	      visibleCommands.push(helpCommand);
	    }
	    if (this.sortSubcommands) {
	      visibleCommands.sort((a, b) => {
	        // @ts-ignore: because overloaded return type
	        return a.name().localeCompare(b.name());
	      });
	    }
	    return visibleCommands;
	  }

	  /**
	   * Compare options for sort.
	   *
	   * @param {Option} a
	   * @param {Option} b
	   * @returns {number}
	   */
	  compareOptions(a, b) {
	    const getSortKey = (option) => {
	      // WYSIWYG for order displayed in help. Short used for comparison if present. No special handling for negated.
	      return option.short
	        ? option.short.replace(/^-/, '')
	        : option.long.replace(/^--/, '');
	    };
	    return getSortKey(a).localeCompare(getSortKey(b));
	  }

	  /**
	   * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
	   *
	   * @param {Command} cmd
	   * @returns {Option[]}
	   */

	  visibleOptions(cmd) {
	    const visibleOptions = cmd.options.filter((option) => !option.hidden);
	    // Built-in help option.
	    const helpOption = cmd._getHelpOption();
	    if (helpOption && !helpOption.hidden) {
	      // Automatically hide conflicting flags. Bit dubious but a historical behaviour that is convenient for single-command programs.
	      const removeShort = helpOption.short && cmd._findOption(helpOption.short);
	      const removeLong = helpOption.long && cmd._findOption(helpOption.long);
	      if (!removeShort && !removeLong) {
	        visibleOptions.push(helpOption); // no changes needed
	      } else if (helpOption.long && !removeLong) {
	        visibleOptions.push(
	          cmd.createOption(helpOption.long, helpOption.description),
	        );
	      } else if (helpOption.short && !removeShort) {
	        visibleOptions.push(
	          cmd.createOption(helpOption.short, helpOption.description),
	        );
	      }
	    }
	    if (this.sortOptions) {
	      visibleOptions.sort(this.compareOptions);
	    }
	    return visibleOptions;
	  }

	  /**
	   * Get an array of the visible global options. (Not including help.)
	   *
	   * @param {Command} cmd
	   * @returns {Option[]}
	   */

	  visibleGlobalOptions(cmd) {
	    if (!this.showGlobalOptions) return [];

	    const globalOptions = [];
	    for (
	      let ancestorCmd = cmd.parent;
	      ancestorCmd;
	      ancestorCmd = ancestorCmd.parent
	    ) {
	      const visibleOptions = ancestorCmd.options.filter(
	        (option) => !option.hidden,
	      );
	      globalOptions.push(...visibleOptions);
	    }
	    if (this.sortOptions) {
	      globalOptions.sort(this.compareOptions);
	    }
	    return globalOptions;
	  }

	  /**
	   * Get an array of the arguments if any have a description.
	   *
	   * @param {Command} cmd
	   * @returns {Argument[]}
	   */

	  visibleArguments(cmd) {
	    // Side effect! Apply the legacy descriptions before the arguments are displayed.
	    if (cmd._argsDescription) {
	      cmd.registeredArguments.forEach((argument) => {
	        argument.description =
	          argument.description || cmd._argsDescription[argument.name()] || '';
	      });
	    }

	    // If there are any arguments with a description then return all the arguments.
	    if (cmd.registeredArguments.find((argument) => argument.description)) {
	      return cmd.registeredArguments;
	    }
	    return [];
	  }

	  /**
	   * Get the command term to show in the list of subcommands.
	   *
	   * @param {Command} cmd
	   * @returns {string}
	   */

	  subcommandTerm(cmd) {
	    // Legacy. Ignores custom usage string, and nested commands.
	    const args = cmd.registeredArguments
	      .map((arg) => humanReadableArgName(arg))
	      .join(' ');
	    return (
	      cmd._name +
	      (cmd._aliases[0] ? '|' + cmd._aliases[0] : '') +
	      (cmd.options.length ? ' [options]' : '') + // simplistic check for non-help option
	      (args ? ' ' + args : '')
	    );
	  }

	  /**
	   * Get the option term to show in the list of options.
	   *
	   * @param {Option} option
	   * @returns {string}
	   */

	  optionTerm(option) {
	    return option.flags;
	  }

	  /**
	   * Get the argument term to show in the list of arguments.
	   *
	   * @param {Argument} argument
	   * @returns {string}
	   */

	  argumentTerm(argument) {
	    return argument.name();
	  }

	  /**
	   * Get the longest command term length.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {number}
	   */

	  longestSubcommandTermLength(cmd, helper) {
	    return helper.visibleCommands(cmd).reduce((max, command) => {
	      return Math.max(
	        max,
	        this.displayWidth(
	          helper.styleSubcommandTerm(helper.subcommandTerm(command)),
	        ),
	      );
	    }, 0);
	  }

	  /**
	   * Get the longest option term length.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {number}
	   */

	  longestOptionTermLength(cmd, helper) {
	    return helper.visibleOptions(cmd).reduce((max, option) => {
	      return Math.max(
	        max,
	        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))),
	      );
	    }, 0);
	  }

	  /**
	   * Get the longest global option term length.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {number}
	   */

	  longestGlobalOptionTermLength(cmd, helper) {
	    return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
	      return Math.max(
	        max,
	        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option))),
	      );
	    }, 0);
	  }

	  /**
	   * Get the longest argument term length.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {number}
	   */

	  longestArgumentTermLength(cmd, helper) {
	    return helper.visibleArguments(cmd).reduce((max, argument) => {
	      return Math.max(
	        max,
	        this.displayWidth(
	          helper.styleArgumentTerm(helper.argumentTerm(argument)),
	        ),
	      );
	    }, 0);
	  }

	  /**
	   * Get the command usage to be displayed at the top of the built-in help.
	   *
	   * @param {Command} cmd
	   * @returns {string}
	   */

	  commandUsage(cmd) {
	    // Usage
	    let cmdName = cmd._name;
	    if (cmd._aliases[0]) {
	      cmdName = cmdName + '|' + cmd._aliases[0];
	    }
	    let ancestorCmdNames = '';
	    for (
	      let ancestorCmd = cmd.parent;
	      ancestorCmd;
	      ancestorCmd = ancestorCmd.parent
	    ) {
	      ancestorCmdNames = ancestorCmd.name() + ' ' + ancestorCmdNames;
	    }
	    return ancestorCmdNames + cmdName + ' ' + cmd.usage();
	  }

	  /**
	   * Get the description for the command.
	   *
	   * @param {Command} cmd
	   * @returns {string}
	   */

	  commandDescription(cmd) {
	    // @ts-ignore: because overloaded return type
	    return cmd.description();
	  }

	  /**
	   * Get the subcommand summary to show in the list of subcommands.
	   * (Fallback to description for backwards compatibility.)
	   *
	   * @param {Command} cmd
	   * @returns {string}
	   */

	  subcommandDescription(cmd) {
	    // @ts-ignore: because overloaded return type
	    return cmd.summary() || cmd.description();
	  }

	  /**
	   * Get the option description to show in the list of options.
	   *
	   * @param {Option} option
	   * @return {string}
	   */

	  optionDescription(option) {
	    const extraInfo = [];

	    if (option.argChoices) {
	      extraInfo.push(
	        // use stringify to match the display of the default value
	        `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(', ')}`,
	      );
	    }
	    if (option.defaultValue !== undefined) {
	      // default for boolean and negated more for programmer than end user,
	      // but show true/false for boolean option as may be for hand-rolled env or config processing.
	      const showDefault =
	        option.required ||
	        option.optional ||
	        (option.isBoolean() && typeof option.defaultValue === 'boolean');
	      if (showDefault) {
	        extraInfo.push(
	          `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`,
	        );
	      }
	    }
	    // preset for boolean and negated are more for programmer than end user
	    if (option.presetArg !== undefined && option.optional) {
	      extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
	    }
	    if (option.envVar !== undefined) {
	      extraInfo.push(`env: ${option.envVar}`);
	    }
	    if (extraInfo.length > 0) {
	      const extraDescription = `(${extraInfo.join(', ')})`;
	      if (option.description) {
	        return `${option.description} ${extraDescription}`;
	      }
	      return extraDescription;
	    }

	    return option.description;
	  }

	  /**
	   * Get the argument description to show in the list of arguments.
	   *
	   * @param {Argument} argument
	   * @return {string}
	   */

	  argumentDescription(argument) {
	    const extraInfo = [];
	    if (argument.argChoices) {
	      extraInfo.push(
	        // use stringify to match the display of the default value
	        `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(', ')}`,
	      );
	    }
	    if (argument.defaultValue !== undefined) {
	      extraInfo.push(
	        `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`,
	      );
	    }
	    if (extraInfo.length > 0) {
	      const extraDescription = `(${extraInfo.join(', ')})`;
	      if (argument.description) {
	        return `${argument.description} ${extraDescription}`;
	      }
	      return extraDescription;
	    }
	    return argument.description;
	  }

	  /**
	   * Format a list of items, given a heading and an array of formatted items.
	   *
	   * @param {string} heading
	   * @param {string[]} items
	   * @param {Help} helper
	   * @returns string[]
	   */
	  formatItemList(heading, items, helper) {
	    if (items.length === 0) return [];

	    return [helper.styleTitle(heading), ...items, ''];
	  }

	  /**
	   * Group items by their help group heading.
	   *
	   * @param {Command[] | Option[]} unsortedItems
	   * @param {Command[] | Option[]} visibleItems
	   * @param {Function} getGroup
	   * @returns {Map<string, Command[] | Option[]>}
	   */
	  groupItems(unsortedItems, visibleItems, getGroup) {
	    const result = new Map();
	    // Add groups in order of appearance in unsortedItems.
	    unsortedItems.forEach((item) => {
	      const group = getGroup(item);
	      if (!result.has(group)) result.set(group, []);
	    });
	    // Add items in order of appearance in visibleItems.
	    visibleItems.forEach((item) => {
	      const group = getGroup(item);
	      if (!result.has(group)) {
	        result.set(group, []);
	      }
	      result.get(group).push(item);
	    });
	    return result;
	  }

	  /**
	   * Generate the built-in help text.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {string}
	   */

	  formatHelp(cmd, helper) {
	    const termWidth = helper.padWidth(cmd, helper);
	    const helpWidth = helper.helpWidth ?? 80; // in case prepareContext() was not called

	    function callFormatItem(term, description) {
	      return helper.formatItem(term, termWidth, description, helper);
	    }

	    // Usage
	    let output = [
	      `${helper.styleTitle('Usage:')} ${helper.styleUsage(helper.commandUsage(cmd))}`,
	      '',
	    ];

	    // Description
	    const commandDescription = helper.commandDescription(cmd);
	    if (commandDescription.length > 0) {
	      output = output.concat([
	        helper.boxWrap(
	          helper.styleCommandDescription(commandDescription),
	          helpWidth,
	        ),
	        '',
	      ]);
	    }

	    // Arguments
	    const argumentList = helper.visibleArguments(cmd).map((argument) => {
	      return callFormatItem(
	        helper.styleArgumentTerm(helper.argumentTerm(argument)),
	        helper.styleArgumentDescription(helper.argumentDescription(argument)),
	      );
	    });
	    output = output.concat(
	      this.formatItemList('Arguments:', argumentList, helper),
	    );

	    // Options
	    const optionGroups = this.groupItems(
	      cmd.options,
	      helper.visibleOptions(cmd),
	      (option) => option.helpGroupHeading ?? 'Options:',
	    );
	    optionGroups.forEach((options, group) => {
	      const optionList = options.map((option) => {
	        return callFormatItem(
	          helper.styleOptionTerm(helper.optionTerm(option)),
	          helper.styleOptionDescription(helper.optionDescription(option)),
	        );
	      });
	      output = output.concat(this.formatItemList(group, optionList, helper));
	    });

	    if (helper.showGlobalOptions) {
	      const globalOptionList = helper
	        .visibleGlobalOptions(cmd)
	        .map((option) => {
	          return callFormatItem(
	            helper.styleOptionTerm(helper.optionTerm(option)),
	            helper.styleOptionDescription(helper.optionDescription(option)),
	          );
	        });
	      output = output.concat(
	        this.formatItemList('Global Options:', globalOptionList, helper),
	      );
	    }

	    // Commands
	    const commandGroups = this.groupItems(
	      cmd.commands,
	      helper.visibleCommands(cmd),
	      (sub) => sub.helpGroup() || 'Commands:',
	    );
	    commandGroups.forEach((commands, group) => {
	      const commandList = commands.map((sub) => {
	        return callFormatItem(
	          helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
	          helper.styleSubcommandDescription(helper.subcommandDescription(sub)),
	        );
	      });
	      output = output.concat(this.formatItemList(group, commandList, helper));
	    });

	    return output.join('\n');
	  }

	  /**
	   * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
	   *
	   * @param {string} str
	   * @returns {number}
	   */
	  displayWidth(str) {
	    return stripColor(str).length;
	  }

	  /**
	   * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
	   *
	   * @param {string} str
	   * @returns {string}
	   */
	  styleTitle(str) {
	    return str;
	  }

	  styleUsage(str) {
	    // Usage has lots of parts the user might like to color separately! Assume default usage string which is formed like:
	    //    command subcommand [options] [command] <foo> [bar]
	    return str
	      .split(' ')
	      .map((word) => {
	        if (word === '[options]') return this.styleOptionText(word);
	        if (word === '[command]') return this.styleSubcommandText(word);
	        if (word[0] === '[' || word[0] === '<')
	          return this.styleArgumentText(word);
	        return this.styleCommandText(word); // Restrict to initial words?
	      })
	      .join(' ');
	  }
	  styleCommandDescription(str) {
	    return this.styleDescriptionText(str);
	  }
	  styleOptionDescription(str) {
	    return this.styleDescriptionText(str);
	  }
	  styleSubcommandDescription(str) {
	    return this.styleDescriptionText(str);
	  }
	  styleArgumentDescription(str) {
	    return this.styleDescriptionText(str);
	  }
	  styleDescriptionText(str) {
	    return str;
	  }
	  styleOptionTerm(str) {
	    return this.styleOptionText(str);
	  }
	  styleSubcommandTerm(str) {
	    // This is very like usage with lots of parts! Assume default string which is formed like:
	    //    subcommand [options] <foo> [bar]
	    return str
	      .split(' ')
	      .map((word) => {
	        if (word === '[options]') return this.styleOptionText(word);
	        if (word[0] === '[' || word[0] === '<')
	          return this.styleArgumentText(word);
	        return this.styleSubcommandText(word); // Restrict to initial words?
	      })
	      .join(' ');
	  }
	  styleArgumentTerm(str) {
	    return this.styleArgumentText(str);
	  }
	  styleOptionText(str) {
	    return str;
	  }
	  styleArgumentText(str) {
	    return str;
	  }
	  styleSubcommandText(str) {
	    return str;
	  }
	  styleCommandText(str) {
	    return str;
	  }

	  /**
	   * Calculate the pad width from the maximum term length.
	   *
	   * @param {Command} cmd
	   * @param {Help} helper
	   * @returns {number}
	   */

	  padWidth(cmd, helper) {
	    return Math.max(
	      helper.longestOptionTermLength(cmd, helper),
	      helper.longestGlobalOptionTermLength(cmd, helper),
	      helper.longestSubcommandTermLength(cmd, helper),
	      helper.longestArgumentTermLength(cmd, helper),
	    );
	  }

	  /**
	   * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
	   *
	   * @param {string} str
	   * @returns {boolean}
	   */
	  preformatted(str) {
	    return /\n[^\S\r\n]/.test(str);
	  }

	  /**
	   * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
	   *
	   * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
	   *   TTT  DDD DDDD
	   *        DD DDD
	   *
	   * @param {string} term
	   * @param {number} termWidth
	   * @param {string} description
	   * @param {Help} helper
	   * @returns {string}
	   */
	  formatItem(term, termWidth, description, helper) {
	    const itemIndent = 2;
	    const itemIndentStr = ' '.repeat(itemIndent);
	    if (!description) return itemIndentStr + term;

	    // Pad the term out to a consistent width, so descriptions are aligned.
	    const paddedTerm = term.padEnd(
	      termWidth + term.length - helper.displayWidth(term),
	    );

	    // Format the description.
	    const spacerWidth = 2; // between term and description
	    const helpWidth = this.helpWidth ?? 80; // in case prepareContext() was not called
	    const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
	    let formattedDescription;
	    if (
	      remainingWidth < this.minWidthToWrap ||
	      helper.preformatted(description)
	    ) {
	      formattedDescription = description;
	    } else {
	      const wrappedDescription = helper.boxWrap(description, remainingWidth);
	      formattedDescription = wrappedDescription.replace(
	        /\n/g,
	        '\n' + ' '.repeat(termWidth + spacerWidth),
	      );
	    }

	    // Construct and overall indent.
	    return (
	      itemIndentStr +
	      paddedTerm +
	      ' '.repeat(spacerWidth) +
	      formattedDescription.replace(/\n/g, `\n${itemIndentStr}`)
	    );
	  }

	  /**
	   * Wrap a string at whitespace, preserving existing line breaks.
	   * Wrapping is skipped if the width is less than `minWidthToWrap`.
	   *
	   * @param {string} str
	   * @param {number} width
	   * @returns {string}
	   */
	  boxWrap(str, width) {
	    if (width < this.minWidthToWrap) return str;

	    const rawLines = str.split(/\r\n|\n/);
	    // split up text by whitespace
	    const chunkPattern = /[\s]*[^\s]+/g;
	    const wrappedLines = [];
	    rawLines.forEach((line) => {
	      const chunks = line.match(chunkPattern);
	      if (chunks === null) {
	        wrappedLines.push('');
	        return;
	      }

	      let sumChunks = [chunks.shift()];
	      let sumWidth = this.displayWidth(sumChunks[0]);
	      chunks.forEach((chunk) => {
	        const visibleWidth = this.displayWidth(chunk);
	        // Accumulate chunks while they fit into width.
	        if (sumWidth + visibleWidth <= width) {
	          sumChunks.push(chunk);
	          sumWidth += visibleWidth;
	          return;
	        }
	        wrappedLines.push(sumChunks.join(''));

	        const nextChunk = chunk.trimStart(); // trim space at line break
	        sumChunks = [nextChunk];
	        sumWidth = this.displayWidth(nextChunk);
	      });
	      wrappedLines.push(sumChunks.join(''));
	    });

	    return wrappedLines.join('\n');
	  }
	}

	/**
	 * Strip style ANSI escape sequences from the string. In particular, SGR (Select Graphic Rendition) codes.
	 *
	 * @param {string} str
	 * @returns {string}
	 * @package
	 */

	function stripColor(str) {
	  // eslint-disable-next-line no-control-regex
	  const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
	  return str.replace(sgrPattern, '');
	}

	help.Help = Help;
	help.stripColor = stripColor;
	return help;
}

var option$1 = {};

var hasRequiredOption;

function requireOption () {
	if (hasRequiredOption) return option$1;
	hasRequiredOption = 1;
	const { InvalidArgumentError } = requireError();

	class Option {
	  /**
	   * Initialize a new `Option` with the given `flags` and `description`.
	   *
	   * @param {string} flags
	   * @param {string} [description]
	   */

	  constructor(flags, description) {
	    this.flags = flags;
	    this.description = description || '';

	    this.required = flags.includes('<'); // A value must be supplied when the option is specified.
	    this.optional = flags.includes('['); // A value is optional when the option is specified.
	    // variadic test ignores <value,...> et al which might be used to describe custom splitting of single argument
	    this.variadic = /\w\.\.\.[>\]]$/.test(flags); // The option can take multiple values.
	    this.mandatory = false; // The option must have a value after parsing, which usually means it must be specified on command line.
	    const optionFlags = splitOptionFlags(flags);
	    this.short = optionFlags.shortFlag; // May be a short flag, undefined, or even a long flag (if option has two long flags).
	    this.long = optionFlags.longFlag;
	    this.negate = false;
	    if (this.long) {
	      this.negate = this.long.startsWith('--no-');
	    }
	    this.defaultValue = undefined;
	    this.defaultValueDescription = undefined;
	    this.presetArg = undefined;
	    this.envVar = undefined;
	    this.parseArg = undefined;
	    this.hidden = false;
	    this.argChoices = undefined;
	    this.conflictsWith = [];
	    this.implied = undefined;
	    this.helpGroupHeading = undefined; // soft initialised when option added to command
	  }

	  /**
	   * Set the default value, and optionally supply the description to be displayed in the help.
	   *
	   * @param {*} value
	   * @param {string} [description]
	   * @return {Option}
	   */

	  default(value, description) {
	    this.defaultValue = value;
	    this.defaultValueDescription = description;
	    return this;
	  }

	  /**
	   * Preset to use when option used without option-argument, especially optional but also boolean and negated.
	   * The custom processing (parseArg) is called.
	   *
	   * @example
	   * new Option('--color').default('GREYSCALE').preset('RGB');
	   * new Option('--donate [amount]').preset('20').argParser(parseFloat);
	   *
	   * @param {*} arg
	   * @return {Option}
	   */

	  preset(arg) {
	    this.presetArg = arg;
	    return this;
	  }

	  /**
	   * Add option name(s) that conflict with this option.
	   * An error will be displayed if conflicting options are found during parsing.
	   *
	   * @example
	   * new Option('--rgb').conflicts('cmyk');
	   * new Option('--js').conflicts(['ts', 'jsx']);
	   *
	   * @param {(string | string[])} names
	   * @return {Option}
	   */

	  conflicts(names) {
	    this.conflictsWith = this.conflictsWith.concat(names);
	    return this;
	  }

	  /**
	   * Specify implied option values for when this option is set and the implied options are not.
	   *
	   * The custom processing (parseArg) is not called on the implied values.
	   *
	   * @example
	   * program
	   *   .addOption(new Option('--log', 'write logging information to file'))
	   *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
	   *
	   * @param {object} impliedOptionValues
	   * @return {Option}
	   */
	  implies(impliedOptionValues) {
	    let newImplied = impliedOptionValues;
	    if (typeof impliedOptionValues === 'string') {
	      // string is not documented, but easy mistake and we can do what user probably intended.
	      newImplied = { [impliedOptionValues]: true };
	    }
	    this.implied = Object.assign(this.implied || {}, newImplied);
	    return this;
	  }

	  /**
	   * Set environment variable to check for option value.
	   *
	   * An environment variable is only used if when processed the current option value is
	   * undefined, or the source of the current value is 'default' or 'config' or 'env'.
	   *
	   * @param {string} name
	   * @return {Option}
	   */

	  env(name) {
	    this.envVar = name;
	    return this;
	  }

	  /**
	   * Set the custom handler for processing CLI option arguments into option values.
	   *
	   * @param {Function} [fn]
	   * @return {Option}
	   */

	  argParser(fn) {
	    this.parseArg = fn;
	    return this;
	  }

	  /**
	   * Whether the option is mandatory and must have a value after parsing.
	   *
	   * @param {boolean} [mandatory=true]
	   * @return {Option}
	   */

	  makeOptionMandatory(mandatory = true) {
	    this.mandatory = !!mandatory;
	    return this;
	  }

	  /**
	   * Hide option in help.
	   *
	   * @param {boolean} [hide=true]
	   * @return {Option}
	   */

	  hideHelp(hide = true) {
	    this.hidden = !!hide;
	    return this;
	  }

	  /**
	   * @package
	   */

	  _collectValue(value, previous) {
	    if (previous === this.defaultValue || !Array.isArray(previous)) {
	      return [value];
	    }

	    previous.push(value);
	    return previous;
	  }

	  /**
	   * Only allow option value to be one of choices.
	   *
	   * @param {string[]} values
	   * @return {Option}
	   */

	  choices(values) {
	    this.argChoices = values.slice();
	    this.parseArg = (arg, previous) => {
	      if (!this.argChoices.includes(arg)) {
	        throw new InvalidArgumentError(
	          `Allowed choices are ${this.argChoices.join(', ')}.`,
	        );
	      }
	      if (this.variadic) {
	        return this._collectValue(arg, previous);
	      }
	      return arg;
	    };
	    return this;
	  }

	  /**
	   * Return option name.
	   *
	   * @return {string}
	   */

	  name() {
	    if (this.long) {
	      return this.long.replace(/^--/, '');
	    }
	    return this.short.replace(/^-/, '');
	  }

	  /**
	   * Return option name, in a camelcase format that can be used
	   * as an object attribute key.
	   *
	   * @return {string}
	   */

	  attributeName() {
	    if (this.negate) {
	      return camelcase(this.name().replace(/^no-/, ''));
	    }
	    return camelcase(this.name());
	  }

	  /**
	   * Set the help group heading.
	   *
	   * @param {string} heading
	   * @return {Option}
	   */
	  helpGroup(heading) {
	    this.helpGroupHeading = heading;
	    return this;
	  }

	  /**
	   * Check if `arg` matches the short or long flag.
	   *
	   * @param {string} arg
	   * @return {boolean}
	   * @package
	   */

	  is(arg) {
	    return this.short === arg || this.long === arg;
	  }

	  /**
	   * Return whether a boolean option.
	   *
	   * Options are one of boolean, negated, required argument, or optional argument.
	   *
	   * @return {boolean}
	   * @package
	   */

	  isBoolean() {
	    return !this.required && !this.optional && !this.negate;
	  }
	}

	/**
	 * This class is to make it easier to work with dual options, without changing the existing
	 * implementation. We support separate dual options for separate positive and negative options,
	 * like `--build` and `--no-build`, which share a single option value. This works nicely for some
	 * use cases, but is tricky for others where we want separate behaviours despite
	 * the single shared option value.
	 */
	class DualOptions {
	  /**
	   * @param {Option[]} options
	   */
	  constructor(options) {
	    this.positiveOptions = new Map();
	    this.negativeOptions = new Map();
	    this.dualOptions = new Set();
	    options.forEach((option) => {
	      if (option.negate) {
	        this.negativeOptions.set(option.attributeName(), option);
	      } else {
	        this.positiveOptions.set(option.attributeName(), option);
	      }
	    });
	    this.negativeOptions.forEach((value, key) => {
	      if (this.positiveOptions.has(key)) {
	        this.dualOptions.add(key);
	      }
	    });
	  }

	  /**
	   * Did the value come from the option, and not from possible matching dual option?
	   *
	   * @param {*} value
	   * @param {Option} option
	   * @returns {boolean}
	   */
	  valueFromOption(value, option) {
	    const optionKey = option.attributeName();
	    if (!this.dualOptions.has(optionKey)) return true;

	    // Use the value to deduce if (probably) came from the option.
	    const preset = this.negativeOptions.get(optionKey).presetArg;
	    const negativeValue = preset !== undefined ? preset : false;
	    return option.negate === (negativeValue === value);
	  }
	}

	/**
	 * Convert string from kebab-case to camelCase.
	 *
	 * @param {string} str
	 * @return {string}
	 * @private
	 */

	function camelcase(str) {
	  return str.split('-').reduce((str, word) => {
	    return str + word[0].toUpperCase() + word.slice(1);
	  });
	}

	/**
	 * Split the short and long flag out of something like '-m,--mixed <value>'
	 *
	 * @private
	 */

	function splitOptionFlags(flags) {
	  let shortFlag;
	  let longFlag;
	  // short flag, single dash and single character
	  const shortFlagExp = /^-[^-]$/;
	  // long flag, double dash and at least one character
	  const longFlagExp = /^--[^-]/;

	  const flagParts = flags.split(/[ |,]+/).concat('guard');
	  // Normal is short and/or long.
	  if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
	  if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
	  // Long then short. Rarely used but fine.
	  if (!shortFlag && shortFlagExp.test(flagParts[0]))
	    shortFlag = flagParts.shift();
	  // Allow two long flags, like '--ws, --workspace'
	  // This is the supported way to have a shortish option flag.
	  if (!shortFlag && longFlagExp.test(flagParts[0])) {
	    shortFlag = longFlag;
	    longFlag = flagParts.shift();
	  }

	  // Check for unprocessed flag. Fail noisily rather than silently ignore.
	  if (flagParts[0].startsWith('-')) {
	    const unsupportedFlag = flagParts[0];
	    const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
	    if (/^-[^-][^-]/.test(unsupportedFlag))
	      throw new Error(
	        `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`,
	      );
	    if (shortFlagExp.test(unsupportedFlag))
	      throw new Error(`${baseError}
- too many short flags`);
	    if (longFlagExp.test(unsupportedFlag))
	      throw new Error(`${baseError}
- too many long flags`);

	    throw new Error(`${baseError}
- unrecognised flag format`);
	  }
	  if (shortFlag === undefined && longFlag === undefined)
	    throw new Error(
	      `option creation failed due to no flags found in '${flags}'.`,
	    );

	  return { shortFlag, longFlag };
	}

	option$1.Option = Option;
	option$1.DualOptions = DualOptions;
	return option$1;
}

var suggestSimilar = {};

var hasRequiredSuggestSimilar;

function requireSuggestSimilar () {
	if (hasRequiredSuggestSimilar) return suggestSimilar;
	hasRequiredSuggestSimilar = 1;
	const maxDistance = 3;

	function editDistance(a, b) {
	  // https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance
	  // Calculating optimal string alignment distance, no substring is edited more than once.
	  // (Simple implementation.)

	  // Quick early exit, return worst case.
	  if (Math.abs(a.length - b.length) > maxDistance)
	    return Math.max(a.length, b.length);

	  // distance between prefix substrings of a and b
	  const d = [];

	  // pure deletions turn a into empty string
	  for (let i = 0; i <= a.length; i++) {
	    d[i] = [i];
	  }
	  // pure insertions turn empty string into b
	  for (let j = 0; j <= b.length; j++) {
	    d[0][j] = j;
	  }

	  // fill matrix
	  for (let j = 1; j <= b.length; j++) {
	    for (let i = 1; i <= a.length; i++) {
	      let cost = 1;
	      if (a[i - 1] === b[j - 1]) {
	        cost = 0;
	      } else {
	        cost = 1;
	      }
	      d[i][j] = Math.min(
	        d[i - 1][j] + 1, // deletion
	        d[i][j - 1] + 1, // insertion
	        d[i - 1][j - 1] + cost, // substitution
	      );
	      // transposition
	      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
	        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
	      }
	    }
	  }

	  return d[a.length][b.length];
	}

	/**
	 * Find close matches, restricted to same number of edits.
	 *
	 * @param {string} word
	 * @param {string[]} candidates
	 * @returns {string}
	 */

	function suggestSimilar$1(word, candidates) {
	  if (!candidates || candidates.length === 0) return '';
	  // remove possible duplicates
	  candidates = Array.from(new Set(candidates));

	  const searchingOptions = word.startsWith('--');
	  if (searchingOptions) {
	    word = word.slice(2);
	    candidates = candidates.map((candidate) => candidate.slice(2));
	  }

	  let similar = [];
	  let bestDistance = maxDistance;
	  const minSimilarity = 0.4;
	  candidates.forEach((candidate) => {
	    if (candidate.length <= 1) return; // no one character guesses

	    const distance = editDistance(word, candidate);
	    const length = Math.max(word.length, candidate.length);
	    const similarity = (length - distance) / length;
	    if (similarity > minSimilarity) {
	      if (distance < bestDistance) {
	        // better edit distance, throw away previous worse matches
	        bestDistance = distance;
	        similar = [candidate];
	      } else if (distance === bestDistance) {
	        similar.push(candidate);
	      }
	    }
	  });

	  similar.sort((a, b) => a.localeCompare(b));
	  if (searchingOptions) {
	    similar = similar.map((candidate) => `--${candidate}`);
	  }

	  if (similar.length > 1) {
	    return `\n(Did you mean one of ${similar.join(', ')}?)`;
	  }
	  if (similar.length === 1) {
	    return `\n(Did you mean ${similar[0]}?)`;
	  }
	  return '';
	}

	suggestSimilar.suggestSimilar = suggestSimilar$1;
	return suggestSimilar;
}

var hasRequiredCommand;

function requireCommand () {
	if (hasRequiredCommand) return command;
	hasRequiredCommand = 1;
	const EventEmitter = require$$0.EventEmitter;
	const childProcess = require$$1;
	const path = path__default;
	const fs$1 = fs;
	const process = process$1;

	const { Argument, humanReadableArgName } = requireArgument();
	const { CommanderError } = requireError();
	const { Help, stripColor } = requireHelp();
	const { Option, DualOptions } = requireOption();
	const { suggestSimilar } = requireSuggestSimilar();

	class Command extends EventEmitter {
	  /**
	   * Initialize a new `Command`.
	   *
	   * @param {string} [name]
	   */

	  constructor(name) {
	    super();
	    /** @type {Command[]} */
	    this.commands = [];
	    /** @type {Option[]} */
	    this.options = [];
	    this.parent = null;
	    this._allowUnknownOption = false;
	    this._allowExcessArguments = false;
	    /** @type {Argument[]} */
	    this.registeredArguments = [];
	    this._args = this.registeredArguments; // deprecated old name
	    /** @type {string[]} */
	    this.args = []; // cli args with options removed
	    this.rawArgs = [];
	    this.processedArgs = []; // like .args but after custom processing and collecting variadic
	    this._scriptPath = null;
	    this._name = name || '';
	    this._optionValues = {};
	    this._optionValueSources = {}; // default, env, cli etc
	    this._storeOptionsAsProperties = false;
	    this._actionHandler = null;
	    this._executableHandler = false;
	    this._executableFile = null; // custom name for executable
	    this._executableDir = null; // custom search directory for subcommands
	    this._defaultCommandName = null;
	    this._exitCallback = null;
	    this._aliases = [];
	    this._combineFlagAndOptionalValue = true;
	    this._description = '';
	    this._summary = '';
	    this._argsDescription = undefined; // legacy
	    this._enablePositionalOptions = false;
	    this._passThroughOptions = false;
	    this._lifeCycleHooks = {}; // a hash of arrays
	    /** @type {(boolean | string)} */
	    this._showHelpAfterError = false;
	    this._showSuggestionAfterError = true;
	    this._savedState = null; // used in save/restoreStateBeforeParse

	    // see configureOutput() for docs
	    this._outputConfiguration = {
	      writeOut: (str) => process.stdout.write(str),
	      writeErr: (str) => process.stderr.write(str),
	      outputError: (str, write) => write(str),
	      getOutHelpWidth: () =>
	        process.stdout.isTTY ? process.stdout.columns : undefined,
	      getErrHelpWidth: () =>
	        process.stderr.isTTY ? process.stderr.columns : undefined,
	      getOutHasColors: () =>
	        useColor() ?? (process.stdout.isTTY && process.stdout.hasColors?.()),
	      getErrHasColors: () =>
	        useColor() ?? (process.stderr.isTTY && process.stderr.hasColors?.()),
	      stripColor: (str) => stripColor(str),
	    };

	    this._hidden = false;
	    /** @type {(Option | null | undefined)} */
	    this._helpOption = undefined; // Lazy created on demand. May be null if help option is disabled.
	    this._addImplicitHelpCommand = undefined; // undecided whether true or false yet, not inherited
	    /** @type {Command} */
	    this._helpCommand = undefined; // lazy initialised, inherited
	    this._helpConfiguration = {};
	    /** @type {string | undefined} */
	    this._helpGroupHeading = undefined; // soft initialised when added to parent
	    /** @type {string | undefined} */
	    this._defaultCommandGroup = undefined;
	    /** @type {string | undefined} */
	    this._defaultOptionGroup = undefined;
	  }

	  /**
	   * Copy settings that are useful to have in common across root command and subcommands.
	   *
	   * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
	   *
	   * @param {Command} sourceCommand
	   * @return {Command} `this` command for chaining
	   */
	  copyInheritedSettings(sourceCommand) {
	    this._outputConfiguration = sourceCommand._outputConfiguration;
	    this._helpOption = sourceCommand._helpOption;
	    this._helpCommand = sourceCommand._helpCommand;
	    this._helpConfiguration = sourceCommand._helpConfiguration;
	    this._exitCallback = sourceCommand._exitCallback;
	    this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
	    this._combineFlagAndOptionalValue =
	      sourceCommand._combineFlagAndOptionalValue;
	    this._allowExcessArguments = sourceCommand._allowExcessArguments;
	    this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
	    this._showHelpAfterError = sourceCommand._showHelpAfterError;
	    this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;

	    return this;
	  }

	  /**
	   * @returns {Command[]}
	   * @private
	   */

	  _getCommandAndAncestors() {
	    const result = [];
	    // eslint-disable-next-line @typescript-eslint/no-this-alias
	    for (let command = this; command; command = command.parent) {
	      result.push(command);
	    }
	    return result;
	  }

	  /**
	   * Define a command.
	   *
	   * There are two styles of command: pay attention to where to put the description.
	   *
	   * @example
	   * // Command implemented using action handler (description is supplied separately to `.command`)
	   * program
	   *   .command('clone <source> [destination]')
	   *   .description('clone a repository into a newly created directory')
	   *   .action((source, destination) => {
	   *     console.log('clone command called');
	   *   });
	   *
	   * // Command implemented using separate executable file (description is second parameter to `.command`)
	   * program
	   *   .command('start <service>', 'start named service')
	   *   .command('stop [service]', 'stop named service, or all if no name supplied');
	   *
	   * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
	   * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
	   * @param {object} [execOpts] - configuration options (for executable)
	   * @return {Command} returns new command for action handler, or `this` for executable command
	   */

	  command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
	    let desc = actionOptsOrExecDesc;
	    let opts = execOpts;
	    if (typeof desc === 'object' && desc !== null) {
	      opts = desc;
	      desc = null;
	    }
	    opts = opts || {};
	    const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);

	    const cmd = this.createCommand(name);
	    if (desc) {
	      cmd.description(desc);
	      cmd._executableHandler = true;
	    }
	    if (opts.isDefault) this._defaultCommandName = cmd._name;
	    cmd._hidden = !!(opts.noHelp || opts.hidden); // noHelp is deprecated old name for hidden
	    cmd._executableFile = opts.executableFile || null; // Custom name for executable file, set missing to null to match constructor
	    if (args) cmd.arguments(args);
	    this._registerCommand(cmd);
	    cmd.parent = this;
	    cmd.copyInheritedSettings(this);

	    if (desc) return this;
	    return cmd;
	  }

	  /**
	   * Factory routine to create a new unattached command.
	   *
	   * See .command() for creating an attached subcommand, which uses this routine to
	   * create the command. You can override createCommand to customise subcommands.
	   *
	   * @param {string} [name]
	   * @return {Command} new command
	   */

	  createCommand(name) {
	    return new Command(name);
	  }

	  /**
	   * You can customise the help with a subclass of Help by overriding createHelp,
	   * or by overriding Help properties using configureHelp().
	   *
	   * @return {Help}
	   */

	  createHelp() {
	    return Object.assign(new Help(), this.configureHelp());
	  }

	  /**
	   * You can customise the help by overriding Help properties using configureHelp(),
	   * or with a subclass of Help by overriding createHelp().
	   *
	   * @param {object} [configuration] - configuration options
	   * @return {(Command | object)} `this` command for chaining, or stored configuration
	   */

	  configureHelp(configuration) {
	    if (configuration === undefined) return this._helpConfiguration;

	    this._helpConfiguration = configuration;
	    return this;
	  }

	  /**
	   * The default output goes to stdout and stderr. You can customise this for special
	   * applications. You can also customise the display of errors by overriding outputError.
	   *
	   * The configuration properties are all functions:
	   *
	   *     // change how output being written, defaults to stdout and stderr
	   *     writeOut(str)
	   *     writeErr(str)
	   *     // change how output being written for errors, defaults to writeErr
	   *     outputError(str, write) // used for displaying errors and not used for displaying help
	   *     // specify width for wrapping help
	   *     getOutHelpWidth()
	   *     getErrHelpWidth()
	   *     // color support, currently only used with Help
	   *     getOutHasColors()
	   *     getErrHasColors()
	   *     stripColor() // used to remove ANSI escape codes if output does not have colors
	   *
	   * @param {object} [configuration] - configuration options
	   * @return {(Command | object)} `this` command for chaining, or stored configuration
	   */

	  configureOutput(configuration) {
	    if (configuration === undefined) return this._outputConfiguration;

	    this._outputConfiguration = {
	      ...this._outputConfiguration,
	      ...configuration,
	    };
	    return this;
	  }

	  /**
	   * Display the help or a custom message after an error occurs.
	   *
	   * @param {(boolean|string)} [displayHelp]
	   * @return {Command} `this` command for chaining
	   */
	  showHelpAfterError(displayHelp = true) {
	    if (typeof displayHelp !== 'string') displayHelp = !!displayHelp;
	    this._showHelpAfterError = displayHelp;
	    return this;
	  }

	  /**
	   * Display suggestion of similar commands for unknown commands, or options for unknown options.
	   *
	   * @param {boolean} [displaySuggestion]
	   * @return {Command} `this` command for chaining
	   */
	  showSuggestionAfterError(displaySuggestion = true) {
	    this._showSuggestionAfterError = !!displaySuggestion;
	    return this;
	  }

	  /**
	   * Add a prepared subcommand.
	   *
	   * See .command() for creating an attached subcommand which inherits settings from its parent.
	   *
	   * @param {Command} cmd - new subcommand
	   * @param {object} [opts] - configuration options
	   * @return {Command} `this` command for chaining
	   */

	  addCommand(cmd, opts) {
	    if (!cmd._name) {
	      throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
	    }

	    opts = opts || {};
	    if (opts.isDefault) this._defaultCommandName = cmd._name;
	    if (opts.noHelp || opts.hidden) cmd._hidden = true; // modifying passed command due to existing implementation

	    this._registerCommand(cmd);
	    cmd.parent = this;
	    cmd._checkForBrokenPassThrough();

	    return this;
	  }

	  /**
	   * Factory routine to create a new unattached argument.
	   *
	   * See .argument() for creating an attached argument, which uses this routine to
	   * create the argument. You can override createArgument to return a custom argument.
	   *
	   * @param {string} name
	   * @param {string} [description]
	   * @return {Argument} new argument
	   */

	  createArgument(name, description) {
	    return new Argument(name, description);
	  }

	  /**
	   * Define argument syntax for command.
	   *
	   * The default is that the argument is required, and you can explicitly
	   * indicate this with <> around the name. Put [] around the name for an optional argument.
	   *
	   * @example
	   * program.argument('<input-file>');
	   * program.argument('[output-file]');
	   *
	   * @param {string} name
	   * @param {string} [description]
	   * @param {(Function|*)} [parseArg] - custom argument processing function or default value
	   * @param {*} [defaultValue]
	   * @return {Command} `this` command for chaining
	   */
	  argument(name, description, parseArg, defaultValue) {
	    const argument = this.createArgument(name, description);
	    if (typeof parseArg === 'function') {
	      argument.default(defaultValue).argParser(parseArg);
	    } else {
	      argument.default(parseArg);
	    }
	    this.addArgument(argument);
	    return this;
	  }

	  /**
	   * Define argument syntax for command, adding multiple at once (without descriptions).
	   *
	   * See also .argument().
	   *
	   * @example
	   * program.arguments('<cmd> [env]');
	   *
	   * @param {string} names
	   * @return {Command} `this` command for chaining
	   */

	  arguments(names) {
	    names
	      .trim()
	      .split(/ +/)
	      .forEach((detail) => {
	        this.argument(detail);
	      });
	    return this;
	  }

	  /**
	   * Define argument syntax for command, adding a prepared argument.
	   *
	   * @param {Argument} argument
	   * @return {Command} `this` command for chaining
	   */
	  addArgument(argument) {
	    const previousArgument = this.registeredArguments.slice(-1)[0];
	    if (previousArgument?.variadic) {
	      throw new Error(
	        `only the last argument can be variadic '${previousArgument.name()}'`,
	      );
	    }
	    if (
	      argument.required &&
	      argument.defaultValue !== undefined &&
	      argument.parseArg === undefined
	    ) {
	      throw new Error(
	        `a default value for a required argument is never used: '${argument.name()}'`,
	      );
	    }
	    this.registeredArguments.push(argument);
	    return this;
	  }

	  /**
	   * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
	   *
	   * @example
	   *    program.helpCommand('help [cmd]');
	   *    program.helpCommand('help [cmd]', 'show help');
	   *    program.helpCommand(false); // suppress default help command
	   *    program.helpCommand(true); // add help command even if no subcommands
	   *
	   * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
	   * @param {string} [description] - custom description
	   * @return {Command} `this` command for chaining
	   */

	  helpCommand(enableOrNameAndArgs, description) {
	    if (typeof enableOrNameAndArgs === 'boolean') {
	      this._addImplicitHelpCommand = enableOrNameAndArgs;
	      if (enableOrNameAndArgs && this._defaultCommandGroup) {
	        // make the command to store the group
	        this._initCommandGroup(this._getHelpCommand());
	      }
	      return this;
	    }

	    const nameAndArgs = enableOrNameAndArgs ?? 'help [command]';
	    const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
	    const helpDescription = description ?? 'display help for command';

	    const helpCommand = this.createCommand(helpName);
	    helpCommand.helpOption(false);
	    if (helpArgs) helpCommand.arguments(helpArgs);
	    if (helpDescription) helpCommand.description(helpDescription);

	    this._addImplicitHelpCommand = true;
	    this._helpCommand = helpCommand;
	    // init group unless lazy create
	    if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);

	    return this;
	  }

	  /**
	   * Add prepared custom help command.
	   *
	   * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
	   * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
	   * @return {Command} `this` command for chaining
	   */
	  addHelpCommand(helpCommand, deprecatedDescription) {
	    // If not passed an object, call through to helpCommand for backwards compatibility,
	    // as addHelpCommand was originally used like helpCommand is now.
	    if (typeof helpCommand !== 'object') {
	      this.helpCommand(helpCommand, deprecatedDescription);
	      return this;
	    }

	    this._addImplicitHelpCommand = true;
	    this._helpCommand = helpCommand;
	    this._initCommandGroup(helpCommand);
	    return this;
	  }

	  /**
	   * Lazy create help command.
	   *
	   * @return {(Command|null)}
	   * @package
	   */
	  _getHelpCommand() {
	    const hasImplicitHelpCommand =
	      this._addImplicitHelpCommand ??
	      (this.commands.length &&
	        !this._actionHandler &&
	        !this._findCommand('help'));

	    if (hasImplicitHelpCommand) {
	      if (this._helpCommand === undefined) {
	        this.helpCommand(undefined, undefined); // use default name and description
	      }
	      return this._helpCommand;
	    }
	    return null;
	  }

	  /**
	   * Add hook for life cycle event.
	   *
	   * @param {string} event
	   * @param {Function} listener
	   * @return {Command} `this` command for chaining
	   */

	  hook(event, listener) {
	    const allowedValues = ['preSubcommand', 'preAction', 'postAction'];
	    if (!allowedValues.includes(event)) {
	      throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
	    }
	    if (this._lifeCycleHooks[event]) {
	      this._lifeCycleHooks[event].push(listener);
	    } else {
	      this._lifeCycleHooks[event] = [listener];
	    }
	    return this;
	  }

	  /**
	   * Register callback to use as replacement for calling process.exit.
	   *
	   * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
	   * @return {Command} `this` command for chaining
	   */

	  exitOverride(fn) {
	    if (fn) {
	      this._exitCallback = fn;
	    } else {
	      this._exitCallback = (err) => {
	        if (err.code !== 'commander.executeSubCommandAsync') {
	          throw err;
	        }
	      };
	    }
	    return this;
	  }

	  /**
	   * Call process.exit, and _exitCallback if defined.
	   *
	   * @param {number} exitCode exit code for using with process.exit
	   * @param {string} code an id string representing the error
	   * @param {string} message human-readable description of the error
	   * @return never
	   * @private
	   */

	  _exit(exitCode, code, message) {
	    if (this._exitCallback) {
	      this._exitCallback(new CommanderError(exitCode, code, message));
	      // Expecting this line is not reached.
	    }
	    process.exit(exitCode);
	  }

	  /**
	   * Register callback `fn` for the command.
	   *
	   * @example
	   * program
	   *   .command('serve')
	   *   .description('start service')
	   *   .action(function() {
	   *      // do work here
	   *   });
	   *
	   * @param {Function} fn
	   * @return {Command} `this` command for chaining
	   */

	  action(fn) {
	    const listener = (args) => {
	      // The .action callback takes an extra parameter which is the command or options.
	      const expectedArgsCount = this.registeredArguments.length;
	      const actionArgs = args.slice(0, expectedArgsCount);
	      if (this._storeOptionsAsProperties) {
	        actionArgs[expectedArgsCount] = this; // backwards compatible "options"
	      } else {
	        actionArgs[expectedArgsCount] = this.opts();
	      }
	      actionArgs.push(this);

	      return fn.apply(this, actionArgs);
	    };
	    this._actionHandler = listener;
	    return this;
	  }

	  /**
	   * Factory routine to create a new unattached option.
	   *
	   * See .option() for creating an attached option, which uses this routine to
	   * create the option. You can override createOption to return a custom option.
	   *
	   * @param {string} flags
	   * @param {string} [description]
	   * @return {Option} new option
	   */

	  createOption(flags, description) {
	    return new Option(flags, description);
	  }

	  /**
	   * Wrap parseArgs to catch 'commander.invalidArgument'.
	   *
	   * @param {(Option | Argument)} target
	   * @param {string} value
	   * @param {*} previous
	   * @param {string} invalidArgumentMessage
	   * @private
	   */

	  _callParseArg(target, value, previous, invalidArgumentMessage) {
	    try {
	      return target.parseArg(value, previous);
	    } catch (err) {
	      if (err.code === 'commander.invalidArgument') {
	        const message = `${invalidArgumentMessage} ${err.message}`;
	        this.error(message, { exitCode: err.exitCode, code: err.code });
	      }
	      throw err;
	    }
	  }

	  /**
	   * Check for option flag conflicts.
	   * Register option if no conflicts found, or throw on conflict.
	   *
	   * @param {Option} option
	   * @private
	   */

	  _registerOption(option) {
	    const matchingOption =
	      (option.short && this._findOption(option.short)) ||
	      (option.long && this._findOption(option.long));
	    if (matchingOption) {
	      const matchingFlag =
	        option.long && this._findOption(option.long)
	          ? option.long
	          : option.short;
	      throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
	    }

	    this._initOptionGroup(option);
	    this.options.push(option);
	  }

	  /**
	   * Check for command name and alias conflicts with existing commands.
	   * Register command if no conflicts found, or throw on conflict.
	   *
	   * @param {Command} command
	   * @private
	   */

	  _registerCommand(command) {
	    const knownBy = (cmd) => {
	      return [cmd.name()].concat(cmd.aliases());
	    };

	    const alreadyUsed = knownBy(command).find((name) =>
	      this._findCommand(name),
	    );
	    if (alreadyUsed) {
	      const existingCmd = knownBy(this._findCommand(alreadyUsed)).join('|');
	      const newCmd = knownBy(command).join('|');
	      throw new Error(
	        `cannot add command '${newCmd}' as already have command '${existingCmd}'`,
	      );
	    }

	    this._initCommandGroup(command);
	    this.commands.push(command);
	  }

	  /**
	   * Add an option.
	   *
	   * @param {Option} option
	   * @return {Command} `this` command for chaining
	   */
	  addOption(option) {
	    this._registerOption(option);

	    const oname = option.name();
	    const name = option.attributeName();

	    // store default value
	    if (option.negate) {
	      // --no-foo is special and defaults foo to true, unless a --foo option is already defined
	      const positiveLongFlag = option.long.replace(/^--no-/, '--');
	      if (!this._findOption(positiveLongFlag)) {
	        this.setOptionValueWithSource(
	          name,
	          option.defaultValue === undefined ? true : option.defaultValue,
	          'default',
	        );
	      }
	    } else if (option.defaultValue !== undefined) {
	      this.setOptionValueWithSource(name, option.defaultValue, 'default');
	    }

	    // handler for cli and env supplied values
	    const handleOptionValue = (val, invalidValueMessage, valueSource) => {
	      // val is null for optional option used without an optional-argument.
	      // val is undefined for boolean and negated option.
	      if (val == null && option.presetArg !== undefined) {
	        val = option.presetArg;
	      }

	      // custom processing
	      const oldValue = this.getOptionValue(name);
	      if (val !== null && option.parseArg) {
	        val = this._callParseArg(option, val, oldValue, invalidValueMessage);
	      } else if (val !== null && option.variadic) {
	        val = option._collectValue(val, oldValue);
	      }

	      // Fill-in appropriate missing values. Long winded but easy to follow.
	      if (val == null) {
	        if (option.negate) {
	          val = false;
	        } else if (option.isBoolean() || option.optional) {
	          val = true;
	        } else {
	          val = ''; // not normal, parseArg might have failed or be a mock function for testing
	        }
	      }
	      this.setOptionValueWithSource(name, val, valueSource);
	    };

	    this.on('option:' + oname, (val) => {
	      const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
	      handleOptionValue(val, invalidValueMessage, 'cli');
	    });

	    if (option.envVar) {
	      this.on('optionEnv:' + oname, (val) => {
	        const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
	        handleOptionValue(val, invalidValueMessage, 'env');
	      });
	    }

	    return this;
	  }

	  /**
	   * Internal implementation shared by .option() and .requiredOption()
	   *
	   * @return {Command} `this` command for chaining
	   * @private
	   */
	  _optionEx(config, flags, description, fn, defaultValue) {
	    if (typeof flags === 'object' && flags instanceof Option) {
	      throw new Error(
	        'To add an Option object use addOption() instead of option() or requiredOption()',
	      );
	    }
	    const option = this.createOption(flags, description);
	    option.makeOptionMandatory(!!config.mandatory);
	    if (typeof fn === 'function') {
	      option.default(defaultValue).argParser(fn);
	    } else if (fn instanceof RegExp) {
	      // deprecated
	      const regex = fn;
	      fn = (val, def) => {
	        const m = regex.exec(val);
	        return m ? m[0] : def;
	      };
	      option.default(defaultValue).argParser(fn);
	    } else {
	      option.default(fn);
	    }

	    return this.addOption(option);
	  }

	  /**
	   * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
	   *
	   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
	   * option-argument is indicated by `<>` and an optional option-argument by `[]`.
	   *
	   * See the README for more details, and see also addOption() and requiredOption().
	   *
	   * @example
	   * program
	   *     .option('-p, --pepper', 'add pepper')
	   *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
	   *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
	   *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
	   *
	   * @param {string} flags
	   * @param {string} [description]
	   * @param {(Function|*)} [parseArg] - custom option processing function or default value
	   * @param {*} [defaultValue]
	   * @return {Command} `this` command for chaining
	   */

	  option(flags, description, parseArg, defaultValue) {
	    return this._optionEx({}, flags, description, parseArg, defaultValue);
	  }

	  /**
	   * Add a required option which must have a value after parsing. This usually means
	   * the option must be specified on the command line. (Otherwise the same as .option().)
	   *
	   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
	   *
	   * @param {string} flags
	   * @param {string} [description]
	   * @param {(Function|*)} [parseArg] - custom option processing function or default value
	   * @param {*} [defaultValue]
	   * @return {Command} `this` command for chaining
	   */

	  requiredOption(flags, description, parseArg, defaultValue) {
	    return this._optionEx(
	      { mandatory: true },
	      flags,
	      description,
	      parseArg,
	      defaultValue,
	    );
	  }

	  /**
	   * Alter parsing of short flags with optional values.
	   *
	   * @example
	   * // for `.option('-f,--flag [value]'):
	   * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
	   * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
	   *
	   * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
	   * @return {Command} `this` command for chaining
	   */
	  combineFlagAndOptionalValue(combine = true) {
	    this._combineFlagAndOptionalValue = !!combine;
	    return this;
	  }

	  /**
	   * Allow unknown options on the command line.
	   *
	   * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
	   * @return {Command} `this` command for chaining
	   */
	  allowUnknownOption(allowUnknown = true) {
	    this._allowUnknownOption = !!allowUnknown;
	    return this;
	  }

	  /**
	   * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
	   *
	   * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
	   * @return {Command} `this` command for chaining
	   */
	  allowExcessArguments(allowExcess = true) {
	    this._allowExcessArguments = !!allowExcess;
	    return this;
	  }

	  /**
	   * Enable positional options. Positional means global options are specified before subcommands which lets
	   * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
	   * The default behaviour is non-positional and global options may appear anywhere on the command line.
	   *
	   * @param {boolean} [positional]
	   * @return {Command} `this` command for chaining
	   */
	  enablePositionalOptions(positional = true) {
	    this._enablePositionalOptions = !!positional;
	    return this;
	  }

	  /**
	   * Pass through options that come after command-arguments rather than treat them as command-options,
	   * so actual command-options come before command-arguments. Turning this on for a subcommand requires
	   * positional options to have been enabled on the program (parent commands).
	   * The default behaviour is non-positional and options may appear before or after command-arguments.
	   *
	   * @param {boolean} [passThrough] for unknown options.
	   * @return {Command} `this` command for chaining
	   */
	  passThroughOptions(passThrough = true) {
	    this._passThroughOptions = !!passThrough;
	    this._checkForBrokenPassThrough();
	    return this;
	  }

	  /**
	   * @private
	   */

	  _checkForBrokenPassThrough() {
	    if (
	      this.parent &&
	      this._passThroughOptions &&
	      !this.parent._enablePositionalOptions
	    ) {
	      throw new Error(
	        `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`,
	      );
	    }
	  }

	  /**
	   * Whether to store option values as properties on command object,
	   * or store separately (specify false). In both cases the option values can be accessed using .opts().
	   *
	   * @param {boolean} [storeAsProperties=true]
	   * @return {Command} `this` command for chaining
	   */

	  storeOptionsAsProperties(storeAsProperties = true) {
	    if (this.options.length) {
	      throw new Error('call .storeOptionsAsProperties() before adding options');
	    }
	    if (Object.keys(this._optionValues).length) {
	      throw new Error(
	        'call .storeOptionsAsProperties() before setting option values',
	      );
	    }
	    this._storeOptionsAsProperties = !!storeAsProperties;
	    return this;
	  }

	  /**
	   * Retrieve option value.
	   *
	   * @param {string} key
	   * @return {object} value
	   */

	  getOptionValue(key) {
	    if (this._storeOptionsAsProperties) {
	      return this[key];
	    }
	    return this._optionValues[key];
	  }

	  /**
	   * Store option value.
	   *
	   * @param {string} key
	   * @param {object} value
	   * @return {Command} `this` command for chaining
	   */

	  setOptionValue(key, value) {
	    return this.setOptionValueWithSource(key, value, undefined);
	  }

	  /**
	   * Store option value and where the value came from.
	   *
	   * @param {string} key
	   * @param {object} value
	   * @param {string} source - expected values are default/config/env/cli/implied
	   * @return {Command} `this` command for chaining
	   */

	  setOptionValueWithSource(key, value, source) {
	    if (this._storeOptionsAsProperties) {
	      this[key] = value;
	    } else {
	      this._optionValues[key] = value;
	    }
	    this._optionValueSources[key] = source;
	    return this;
	  }

	  /**
	   * Get source of option value.
	   * Expected values are default | config | env | cli | implied
	   *
	   * @param {string} key
	   * @return {string}
	   */

	  getOptionValueSource(key) {
	    return this._optionValueSources[key];
	  }

	  /**
	   * Get source of option value. See also .optsWithGlobals().
	   * Expected values are default | config | env | cli | implied
	   *
	   * @param {string} key
	   * @return {string}
	   */

	  getOptionValueSourceWithGlobals(key) {
	    // global overwrites local, like optsWithGlobals
	    let source;
	    this._getCommandAndAncestors().forEach((cmd) => {
	      if (cmd.getOptionValueSource(key) !== undefined) {
	        source = cmd.getOptionValueSource(key);
	      }
	    });
	    return source;
	  }

	  /**
	   * Get user arguments from implied or explicit arguments.
	   * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
	   *
	   * @private
	   */

	  _prepareUserArgs(argv, parseOptions) {
	    if (argv !== undefined && !Array.isArray(argv)) {
	      throw new Error('first parameter to parse must be array or undefined');
	    }
	    parseOptions = parseOptions || {};

	    // auto-detect argument conventions if nothing supplied
	    if (argv === undefined && parseOptions.from === undefined) {
	      if (process.versions?.electron) {
	        parseOptions.from = 'electron';
	      }
	      // check node specific options for scenarios where user CLI args follow executable without scriptname
	      const execArgv = process.execArgv ?? [];
	      if (
	        execArgv.includes('-e') ||
	        execArgv.includes('--eval') ||
	        execArgv.includes('-p') ||
	        execArgv.includes('--print')
	      ) {
	        parseOptions.from = 'eval'; // internal usage, not documented
	      }
	    }

	    // default to using process.argv
	    if (argv === undefined) {
	      argv = process.argv;
	    }
	    this.rawArgs = argv.slice();

	    // extract the user args and scriptPath
	    let userArgs;
	    switch (parseOptions.from) {
	      case undefined:
	      case 'node':
	        this._scriptPath = argv[1];
	        userArgs = argv.slice(2);
	        break;
	      case 'electron':
	        // @ts-ignore: because defaultApp is an unknown property
	        if (process.defaultApp) {
	          this._scriptPath = argv[1];
	          userArgs = argv.slice(2);
	        } else {
	          userArgs = argv.slice(1);
	        }
	        break;
	      case 'user':
	        userArgs = argv.slice(0);
	        break;
	      case 'eval':
	        userArgs = argv.slice(1);
	        break;
	      default:
	        throw new Error(
	          `unexpected parse option { from: '${parseOptions.from}' }`,
	        );
	    }

	    // Find default name for program from arguments.
	    if (!this._name && this._scriptPath)
	      this.nameFromFilename(this._scriptPath);
	    this._name = this._name || 'program';

	    return userArgs;
	  }

	  /**
	   * Parse `argv`, setting options and invoking commands when defined.
	   *
	   * Use parseAsync instead of parse if any of your action handlers are async.
	   *
	   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
	   *
	   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
	   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
	   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
	   * - `'user'`: just user arguments
	   *
	   * @example
	   * program.parse(); // parse process.argv and auto-detect electron and special node flags
	   * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
	   * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
	   *
	   * @param {string[]} [argv] - optional, defaults to process.argv
	   * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
	   * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
	   * @return {Command} `this` command for chaining
	   */

	  parse(argv, parseOptions) {
	    this._prepareForParse();
	    const userArgs = this._prepareUserArgs(argv, parseOptions);
	    this._parseCommand([], userArgs);

	    return this;
	  }

	  /**
	   * Parse `argv`, setting options and invoking commands when defined.
	   *
	   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
	   *
	   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
	   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
	   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
	   * - `'user'`: just user arguments
	   *
	   * @example
	   * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
	   * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
	   * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
	   *
	   * @param {string[]} [argv]
	   * @param {object} [parseOptions]
	   * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
	   * @return {Promise}
	   */

	  async parseAsync(argv, parseOptions) {
	    this._prepareForParse();
	    const userArgs = this._prepareUserArgs(argv, parseOptions);
	    await this._parseCommand([], userArgs);

	    return this;
	  }

	  _prepareForParse() {
	    if (this._savedState === null) {
	      this.saveStateBeforeParse();
	    } else {
	      this.restoreStateBeforeParse();
	    }
	  }

	  /**
	   * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
	   * Not usually called directly, but available for subclasses to save their custom state.
	   *
	   * This is called in a lazy way. Only commands used in parsing chain will have state saved.
	   */
	  saveStateBeforeParse() {
	    this._savedState = {
	      // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
	      _name: this._name,
	      // option values before parse have default values (including false for negated options)
	      // shallow clones
	      _optionValues: { ...this._optionValues },
	      _optionValueSources: { ...this._optionValueSources },
	    };
	  }

	  /**
	   * Restore state before parse for calls after the first.
	   * Not usually called directly, but available for subclasses to save their custom state.
	   *
	   * This is called in a lazy way. Only commands used in parsing chain will have state restored.
	   */
	  restoreStateBeforeParse() {
	    if (this._storeOptionsAsProperties)
	      throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);

	    // clear state from _prepareUserArgs
	    this._name = this._savedState._name;
	    this._scriptPath = null;
	    this.rawArgs = [];
	    // clear state from setOptionValueWithSource
	    this._optionValues = { ...this._savedState._optionValues };
	    this._optionValueSources = { ...this._savedState._optionValueSources };
	    // clear state from _parseCommand
	    this.args = [];
	    // clear state from _processArguments
	    this.processedArgs = [];
	  }

	  /**
	   * Throw if expected executable is missing. Add lots of help for author.
	   *
	   * @param {string} executableFile
	   * @param {string} executableDir
	   * @param {string} subcommandName
	   */
	  _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
	    if (fs$1.existsSync(executableFile)) return;

	    const executableDirMessage = executableDir
	      ? `searched for local subcommand relative to directory '${executableDir}'`
	      : 'no directory for search for local subcommand, use .executableDir() to supply a custom directory';
	    const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
	    throw new Error(executableMissing);
	  }

	  /**
	   * Execute a sub-command executable.
	   *
	   * @private
	   */

	  _executeSubCommand(subcommand, args) {
	    args = args.slice();
	    let launchWithNode = false; // Use node for source targets so do not need to get permissions correct, and on Windows.
	    const sourceExt = ['.js', '.ts', '.tsx', '.mjs', '.cjs'];

	    function findFile(baseDir, baseName) {
	      // Look for specified file
	      const localBin = path.resolve(baseDir, baseName);
	      if (fs$1.existsSync(localBin)) return localBin;

	      // Stop looking if candidate already has an expected extension.
	      if (sourceExt.includes(path.extname(baseName))) return undefined;

	      // Try all the extensions.
	      const foundExt = sourceExt.find((ext) =>
	        fs$1.existsSync(`${localBin}${ext}`),
	      );
	      if (foundExt) return `${localBin}${foundExt}`;

	      return undefined;
	    }

	    // Not checking for help first. Unlikely to have mandatory and executable, and can't robustly test for help flags in external command.
	    this._checkForMissingMandatoryOptions();
	    this._checkForConflictingOptions();

	    // executableFile and executableDir might be full path, or just a name
	    let executableFile =
	      subcommand._executableFile || `${this._name}-${subcommand._name}`;
	    let executableDir = this._executableDir || '';
	    if (this._scriptPath) {
	      let resolvedScriptPath; // resolve possible symlink for installed npm binary
	      try {
	        resolvedScriptPath = fs$1.realpathSync(this._scriptPath);
	      } catch {
	        resolvedScriptPath = this._scriptPath;
	      }
	      executableDir = path.resolve(
	        path.dirname(resolvedScriptPath),
	        executableDir,
	      );
	    }

	    // Look for a local file in preference to a command in PATH.
	    if (executableDir) {
	      let localFile = findFile(executableDir, executableFile);

	      // Legacy search using prefix of script name instead of command name
	      if (!localFile && !subcommand._executableFile && this._scriptPath) {
	        const legacyName = path.basename(
	          this._scriptPath,
	          path.extname(this._scriptPath),
	        );
	        if (legacyName !== this._name) {
	          localFile = findFile(
	            executableDir,
	            `${legacyName}-${subcommand._name}`,
	          );
	        }
	      }
	      executableFile = localFile || executableFile;
	    }

	    launchWithNode = sourceExt.includes(path.extname(executableFile));

	    let proc;
	    if (process.platform !== 'win32') {
	      if (launchWithNode) {
	        args.unshift(executableFile);
	        // add executable arguments to spawn
	        args = incrementNodeInspectorPort(process.execArgv).concat(args);

	        proc = childProcess.spawn(process.argv[0], args, { stdio: 'inherit' });
	      } else {
	        proc = childProcess.spawn(executableFile, args, { stdio: 'inherit' });
	      }
	    } else {
	      this._checkForMissingExecutable(
	        executableFile,
	        executableDir,
	        subcommand._name,
	      );
	      args.unshift(executableFile);
	      // add executable arguments to spawn
	      args = incrementNodeInspectorPort(process.execArgv).concat(args);
	      proc = childProcess.spawn(process.execPath, args, { stdio: 'inherit' });
	    }

	    if (!proc.killed) {
	      // testing mainly to avoid leak warnings during unit tests with mocked spawn
	      const signals = ['SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGINT', 'SIGHUP'];
	      signals.forEach((signal) => {
	        process.on(signal, () => {
	          if (proc.killed === false && proc.exitCode === null) {
	            // @ts-ignore because signals not typed to known strings
	            proc.kill(signal);
	          }
	        });
	      });
	    }

	    // By default terminate process when spawned process terminates.
	    const exitCallback = this._exitCallback;
	    proc.on('close', (code) => {
	      code = code ?? 1; // code is null if spawned process terminated due to a signal
	      if (!exitCallback) {
	        process.exit(code);
	      } else {
	        exitCallback(
	          new CommanderError(
	            code,
	            'commander.executeSubCommandAsync',
	            '(close)',
	          ),
	        );
	      }
	    });
	    proc.on('error', (err) => {
	      // @ts-ignore: because err.code is an unknown property
	      if (err.code === 'ENOENT') {
	        this._checkForMissingExecutable(
	          executableFile,
	          executableDir,
	          subcommand._name,
	        );
	        // @ts-ignore: because err.code is an unknown property
	      } else if (err.code === 'EACCES') {
	        throw new Error(`'${executableFile}' not executable`);
	      }
	      if (!exitCallback) {
	        process.exit(1);
	      } else {
	        const wrappedError = new CommanderError(
	          1,
	          'commander.executeSubCommandAsync',
	          '(error)',
	        );
	        wrappedError.nestedError = err;
	        exitCallback(wrappedError);
	      }
	    });

	    // Store the reference to the child process
	    this.runningCommand = proc;
	  }

	  /**
	   * @private
	   */

	  _dispatchSubcommand(commandName, operands, unknown) {
	    const subCommand = this._findCommand(commandName);
	    if (!subCommand) this.help({ error: true });

	    subCommand._prepareForParse();
	    let promiseChain;
	    promiseChain = this._chainOrCallSubCommandHook(
	      promiseChain,
	      subCommand,
	      'preSubcommand',
	    );
	    promiseChain = this._chainOrCall(promiseChain, () => {
	      if (subCommand._executableHandler) {
	        this._executeSubCommand(subCommand, operands.concat(unknown));
	      } else {
	        return subCommand._parseCommand(operands, unknown);
	      }
	    });
	    return promiseChain;
	  }

	  /**
	   * Invoke help directly if possible, or dispatch if necessary.
	   * e.g. help foo
	   *
	   * @private
	   */

	  _dispatchHelpCommand(subcommandName) {
	    if (!subcommandName) {
	      this.help();
	    }
	    const subCommand = this._findCommand(subcommandName);
	    if (subCommand && !subCommand._executableHandler) {
	      subCommand.help();
	    }

	    // Fallback to parsing the help flag to invoke the help.
	    return this._dispatchSubcommand(
	      subcommandName,
	      [],
	      [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? '--help'],
	    );
	  }

	  /**
	   * Check this.args against expected this.registeredArguments.
	   *
	   * @private
	   */

	  _checkNumberOfArguments() {
	    // too few
	    this.registeredArguments.forEach((arg, i) => {
	      if (arg.required && this.args[i] == null) {
	        this.missingArgument(arg.name());
	      }
	    });
	    // too many
	    if (
	      this.registeredArguments.length > 0 &&
	      this.registeredArguments[this.registeredArguments.length - 1].variadic
	    ) {
	      return;
	    }
	    if (this.args.length > this.registeredArguments.length) {
	      this._excessArguments(this.args);
	    }
	  }

	  /**
	   * Process this.args using this.registeredArguments and save as this.processedArgs!
	   *
	   * @private
	   */

	  _processArguments() {
	    const myParseArg = (argument, value, previous) => {
	      // Extra processing for nice error message on parsing failure.
	      let parsedValue = value;
	      if (value !== null && argument.parseArg) {
	        const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
	        parsedValue = this._callParseArg(
	          argument,
	          value,
	          previous,
	          invalidValueMessage,
	        );
	      }
	      return parsedValue;
	    };

	    this._checkNumberOfArguments();

	    const processedArgs = [];
	    this.registeredArguments.forEach((declaredArg, index) => {
	      let value = declaredArg.defaultValue;
	      if (declaredArg.variadic) {
	        // Collect together remaining arguments for passing together as an array.
	        if (index < this.args.length) {
	          value = this.args.slice(index);
	          if (declaredArg.parseArg) {
	            value = value.reduce((processed, v) => {
	              return myParseArg(declaredArg, v, processed);
	            }, declaredArg.defaultValue);
	          }
	        } else if (value === undefined) {
	          value = [];
	        }
	      } else if (index < this.args.length) {
	        value = this.args[index];
	        if (declaredArg.parseArg) {
	          value = myParseArg(declaredArg, value, declaredArg.defaultValue);
	        }
	      }
	      processedArgs[index] = value;
	    });
	    this.processedArgs = processedArgs;
	  }

	  /**
	   * Once we have a promise we chain, but call synchronously until then.
	   *
	   * @param {(Promise|undefined)} promise
	   * @param {Function} fn
	   * @return {(Promise|undefined)}
	   * @private
	   */

	  _chainOrCall(promise, fn) {
	    // thenable
	    if (promise?.then && typeof promise.then === 'function') {
	      // already have a promise, chain callback
	      return promise.then(() => fn());
	    }
	    // callback might return a promise
	    return fn();
	  }

	  /**
	   *
	   * @param {(Promise|undefined)} promise
	   * @param {string} event
	   * @return {(Promise|undefined)}
	   * @private
	   */

	  _chainOrCallHooks(promise, event) {
	    let result = promise;
	    const hooks = [];
	    this._getCommandAndAncestors()
	      .reverse()
	      .filter((cmd) => cmd._lifeCycleHooks[event] !== undefined)
	      .forEach((hookedCommand) => {
	        hookedCommand._lifeCycleHooks[event].forEach((callback) => {
	          hooks.push({ hookedCommand, callback });
	        });
	      });
	    if (event === 'postAction') {
	      hooks.reverse();
	    }

	    hooks.forEach((hookDetail) => {
	      result = this._chainOrCall(result, () => {
	        return hookDetail.callback(hookDetail.hookedCommand, this);
	      });
	    });
	    return result;
	  }

	  /**
	   *
	   * @param {(Promise|undefined)} promise
	   * @param {Command} subCommand
	   * @param {string} event
	   * @return {(Promise|undefined)}
	   * @private
	   */

	  _chainOrCallSubCommandHook(promise, subCommand, event) {
	    let result = promise;
	    if (this._lifeCycleHooks[event] !== undefined) {
	      this._lifeCycleHooks[event].forEach((hook) => {
	        result = this._chainOrCall(result, () => {
	          return hook(this, subCommand);
	        });
	      });
	    }
	    return result;
	  }

	  /**
	   * Process arguments in context of this command.
	   * Returns action result, in case it is a promise.
	   *
	   * @private
	   */

	  _parseCommand(operands, unknown) {
	    const parsed = this.parseOptions(unknown);
	    this._parseOptionsEnv(); // after cli, so parseArg not called on both cli and env
	    this._parseOptionsImplied();
	    operands = operands.concat(parsed.operands);
	    unknown = parsed.unknown;
	    this.args = operands.concat(unknown);

	    if (operands && this._findCommand(operands[0])) {
	      return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
	    }
	    if (
	      this._getHelpCommand() &&
	      operands[0] === this._getHelpCommand().name()
	    ) {
	      return this._dispatchHelpCommand(operands[1]);
	    }
	    if (this._defaultCommandName) {
	      this._outputHelpIfRequested(unknown); // Run the help for default command from parent rather than passing to default command
	      return this._dispatchSubcommand(
	        this._defaultCommandName,
	        operands,
	        unknown,
	      );
	    }
	    if (
	      this.commands.length &&
	      this.args.length === 0 &&
	      !this._actionHandler &&
	      !this._defaultCommandName
	    ) {
	      // probably missing subcommand and no handler, user needs help (and exit)
	      this.help({ error: true });
	    }

	    this._outputHelpIfRequested(parsed.unknown);
	    this._checkForMissingMandatoryOptions();
	    this._checkForConflictingOptions();

	    // We do not always call this check to avoid masking a "better" error, like unknown command.
	    const checkForUnknownOptions = () => {
	      if (parsed.unknown.length > 0) {
	        this.unknownOption(parsed.unknown[0]);
	      }
	    };

	    const commandEvent = `command:${this.name()}`;
	    if (this._actionHandler) {
	      checkForUnknownOptions();
	      this._processArguments();

	      let promiseChain;
	      promiseChain = this._chainOrCallHooks(promiseChain, 'preAction');
	      promiseChain = this._chainOrCall(promiseChain, () =>
	        this._actionHandler(this.processedArgs),
	      );
	      if (this.parent) {
	        promiseChain = this._chainOrCall(promiseChain, () => {
	          this.parent.emit(commandEvent, operands, unknown); // legacy
	        });
	      }
	      promiseChain = this._chainOrCallHooks(promiseChain, 'postAction');
	      return promiseChain;
	    }
	    if (this.parent?.listenerCount(commandEvent)) {
	      checkForUnknownOptions();
	      this._processArguments();
	      this.parent.emit(commandEvent, operands, unknown); // legacy
	    } else if (operands.length) {
	      if (this._findCommand('*')) {
	        // legacy default command
	        return this._dispatchSubcommand('*', operands, unknown);
	      }
	      if (this.listenerCount('command:*')) {
	        // skip option check, emit event for possible misspelling suggestion
	        this.emit('command:*', operands, unknown);
	      } else if (this.commands.length) {
	        this.unknownCommand();
	      } else {
	        checkForUnknownOptions();
	        this._processArguments();
	      }
	    } else if (this.commands.length) {
	      checkForUnknownOptions();
	      // This command has subcommands and nothing hooked up at this level, so display help (and exit).
	      this.help({ error: true });
	    } else {
	      checkForUnknownOptions();
	      this._processArguments();
	      // fall through for caller to handle after calling .parse()
	    }
	  }

	  /**
	   * Find matching command.
	   *
	   * @private
	   * @return {Command | undefined}
	   */
	  _findCommand(name) {
	    if (!name) return undefined;
	    return this.commands.find(
	      (cmd) => cmd._name === name || cmd._aliases.includes(name),
	    );
	  }

	  /**
	   * Return an option matching `arg` if any.
	   *
	   * @param {string} arg
	   * @return {Option}
	   * @package
	   */

	  _findOption(arg) {
	    return this.options.find((option) => option.is(arg));
	  }

	  /**
	   * Display an error message if a mandatory option does not have a value.
	   * Called after checking for help flags in leaf subcommand.
	   *
	   * @private
	   */

	  _checkForMissingMandatoryOptions() {
	    // Walk up hierarchy so can call in subcommand after checking for displaying help.
	    this._getCommandAndAncestors().forEach((cmd) => {
	      cmd.options.forEach((anOption) => {
	        if (
	          anOption.mandatory &&
	          cmd.getOptionValue(anOption.attributeName()) === undefined
	        ) {
	          cmd.missingMandatoryOptionValue(anOption);
	        }
	      });
	    });
	  }

	  /**
	   * Display an error message if conflicting options are used together in this.
	   *
	   * @private
	   */
	  _checkForConflictingLocalOptions() {
	    const definedNonDefaultOptions = this.options.filter((option) => {
	      const optionKey = option.attributeName();
	      if (this.getOptionValue(optionKey) === undefined) {
	        return false;
	      }
	      return this.getOptionValueSource(optionKey) !== 'default';
	    });

	    const optionsWithConflicting = definedNonDefaultOptions.filter(
	      (option) => option.conflictsWith.length > 0,
	    );

	    optionsWithConflicting.forEach((option) => {
	      const conflictingAndDefined = definedNonDefaultOptions.find((defined) =>
	        option.conflictsWith.includes(defined.attributeName()),
	      );
	      if (conflictingAndDefined) {
	        this._conflictingOption(option, conflictingAndDefined);
	      }
	    });
	  }

	  /**
	   * Display an error message if conflicting options are used together.
	   * Called after checking for help flags in leaf subcommand.
	   *
	   * @private
	   */
	  _checkForConflictingOptions() {
	    // Walk up hierarchy so can call in subcommand after checking for displaying help.
	    this._getCommandAndAncestors().forEach((cmd) => {
	      cmd._checkForConflictingLocalOptions();
	    });
	  }

	  /**
	   * Parse options from `argv` removing known options,
	   * and return argv split into operands and unknown arguments.
	   *
	   * Side effects: modifies command by storing options. Does not reset state if called again.
	   *
	   * Examples:
	   *
	   *     argv => operands, unknown
	   *     --known kkk op => [op], []
	   *     op --known kkk => [op], []
	   *     sub --unknown uuu op => [sub], [--unknown uuu op]
	   *     sub -- --unknown uuu op => [sub --unknown uuu op], []
	   *
	   * @param {string[]} args
	   * @return {{operands: string[], unknown: string[]}}
	   */

	  parseOptions(args) {
	    const operands = []; // operands, not options or values
	    const unknown = []; // first unknown option and remaining unknown args
	    let dest = operands;

	    function maybeOption(arg) {
	      return arg.length > 1 && arg[0] === '-';
	    }

	    const negativeNumberArg = (arg) => {
	      // return false if not a negative number
	      if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
	      // negative number is ok unless digit used as an option in command hierarchy
	      return !this._getCommandAndAncestors().some((cmd) =>
	        cmd.options
	          .map((opt) => opt.short)
	          .some((short) => /^-\d$/.test(short)),
	      );
	    };

	    // parse options
	    let activeVariadicOption = null;
	    let activeGroup = null; // working through group of short options, like -abc
	    let i = 0;
	    while (i < args.length || activeGroup) {
	      const arg = activeGroup ?? args[i++];
	      activeGroup = null;

	      // literal
	      if (arg === '--') {
	        if (dest === unknown) dest.push(arg);
	        dest.push(...args.slice(i));
	        break;
	      }

	      if (
	        activeVariadicOption &&
	        (!maybeOption(arg) || negativeNumberArg(arg))
	      ) {
	        this.emit(`option:${activeVariadicOption.name()}`, arg);
	        continue;
	      }
	      activeVariadicOption = null;

	      if (maybeOption(arg)) {
	        const option = this._findOption(arg);
	        // recognised option, call listener to assign value with possible custom processing
	        if (option) {
	          if (option.required) {
	            const value = args[i++];
	            if (value === undefined) this.optionMissingArgument(option);
	            this.emit(`option:${option.name()}`, value);
	          } else if (option.optional) {
	            let value = null;
	            // historical behaviour is optional value is following arg unless an option
	            if (
	              i < args.length &&
	              (!maybeOption(args[i]) || negativeNumberArg(args[i]))
	            ) {
	              value = args[i++];
	            }
	            this.emit(`option:${option.name()}`, value);
	          } else {
	            // boolean flag
	            this.emit(`option:${option.name()}`);
	          }
	          activeVariadicOption = option.variadic ? option : null;
	          continue;
	        }
	      }

	      // Look for combo options following single dash, eat first one if known.
	      if (arg.length > 2 && arg[0] === '-' && arg[1] !== '-') {
	        const option = this._findOption(`-${arg[1]}`);
	        if (option) {
	          if (
	            option.required ||
	            (option.optional && this._combineFlagAndOptionalValue)
	          ) {
	            // option with value following in same argument
	            this.emit(`option:${option.name()}`, arg.slice(2));
	          } else {
	            // boolean option
	            this.emit(`option:${option.name()}`);
	            // remove the processed option and keep processing group
	            activeGroup = `-${arg.slice(2)}`;
	          }
	          continue;
	        }
	      }

	      // Look for known long flag with value, like --foo=bar
	      if (/^--[^=]+=/.test(arg)) {
	        const index = arg.indexOf('=');
	        const option = this._findOption(arg.slice(0, index));
	        if (option && (option.required || option.optional)) {
	          this.emit(`option:${option.name()}`, arg.slice(index + 1));
	          continue;
	        }
	      }

	      // Not a recognised option by this command.
	      // Might be a command-argument, or subcommand option, or unknown option, or help command or option.

	      // An unknown option means further arguments also classified as unknown so can be reprocessed by subcommands.
	      // A negative number in a leaf command is not an unknown option.
	      if (
	        dest === operands &&
	        maybeOption(arg) &&
	        !(this.commands.length === 0 && negativeNumberArg(arg))
	      ) {
	        dest = unknown;
	      }

	      // If using positionalOptions, stop processing our options at subcommand.
	      if (
	        (this._enablePositionalOptions || this._passThroughOptions) &&
	        operands.length === 0 &&
	        unknown.length === 0
	      ) {
	        if (this._findCommand(arg)) {
	          operands.push(arg);
	          unknown.push(...args.slice(i));
	          break;
	        } else if (
	          this._getHelpCommand() &&
	          arg === this._getHelpCommand().name()
	        ) {
	          operands.push(arg, ...args.slice(i));
	          break;
	        } else if (this._defaultCommandName) {
	          unknown.push(arg, ...args.slice(i));
	          break;
	        }
	      }

	      // If using passThroughOptions, stop processing options at first command-argument.
	      if (this._passThroughOptions) {
	        dest.push(arg, ...args.slice(i));
	        break;
	      }

	      // add arg
	      dest.push(arg);
	    }

	    return { operands, unknown };
	  }

	  /**
	   * Return an object containing local option values as key-value pairs.
	   *
	   * @return {object}
	   */
	  opts() {
	    if (this._storeOptionsAsProperties) {
	      // Preserve original behaviour so backwards compatible when still using properties
	      const result = {};
	      const len = this.options.length;

	      for (let i = 0; i < len; i++) {
	        const key = this.options[i].attributeName();
	        result[key] =
	          key === this._versionOptionName ? this._version : this[key];
	      }
	      return result;
	    }

	    return this._optionValues;
	  }

	  /**
	   * Return an object containing merged local and global option values as key-value pairs.
	   *
	   * @return {object}
	   */
	  optsWithGlobals() {
	    // globals overwrite locals
	    return this._getCommandAndAncestors().reduce(
	      (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
	      {},
	    );
	  }

	  /**
	   * Display error message and exit (or call exitOverride).
	   *
	   * @param {string} message
	   * @param {object} [errorOptions]
	   * @param {string} [errorOptions.code] - an id string representing the error
	   * @param {number} [errorOptions.exitCode] - used with process.exit
	   */
	  error(message, errorOptions) {
	    // output handling
	    this._outputConfiguration.outputError(
	      `${message}\n`,
	      this._outputConfiguration.writeErr,
	    );
	    if (typeof this._showHelpAfterError === 'string') {
	      this._outputConfiguration.writeErr(`${this._showHelpAfterError}\n`);
	    } else if (this._showHelpAfterError) {
	      this._outputConfiguration.writeErr('\n');
	      this.outputHelp({ error: true });
	    }

	    // exit handling
	    const config = errorOptions || {};
	    const exitCode = config.exitCode || 1;
	    const code = config.code || 'commander.error';
	    this._exit(exitCode, code, message);
	  }

	  /**
	   * Apply any option related environment variables, if option does
	   * not have a value from cli or client code.
	   *
	   * @private
	   */
	  _parseOptionsEnv() {
	    this.options.forEach((option) => {
	      if (option.envVar && option.envVar in process.env) {
	        const optionKey = option.attributeName();
	        // Priority check. Do not overwrite cli or options from unknown source (client-code).
	        if (
	          this.getOptionValue(optionKey) === undefined ||
	          ['default', 'config', 'env'].includes(
	            this.getOptionValueSource(optionKey),
	          )
	        ) {
	          if (option.required || option.optional) {
	            // option can take a value
	            // keep very simple, optional always takes value
	            this.emit(`optionEnv:${option.name()}`, process.env[option.envVar]);
	          } else {
	            // boolean
	            // keep very simple, only care that envVar defined and not the value
	            this.emit(`optionEnv:${option.name()}`);
	          }
	        }
	      }
	    });
	  }

	  /**
	   * Apply any implied option values, if option is undefined or default value.
	   *
	   * @private
	   */
	  _parseOptionsImplied() {
	    const dualHelper = new DualOptions(this.options);
	    const hasCustomOptionValue = (optionKey) => {
	      return (
	        this.getOptionValue(optionKey) !== undefined &&
	        !['default', 'implied'].includes(this.getOptionValueSource(optionKey))
	      );
	    };
	    this.options
	      .filter(
	        (option) =>
	          option.implied !== undefined &&
	          hasCustomOptionValue(option.attributeName()) &&
	          dualHelper.valueFromOption(
	            this.getOptionValue(option.attributeName()),
	            option,
	          ),
	      )
	      .forEach((option) => {
	        Object.keys(option.implied)
	          .filter((impliedKey) => !hasCustomOptionValue(impliedKey))
	          .forEach((impliedKey) => {
	            this.setOptionValueWithSource(
	              impliedKey,
	              option.implied[impliedKey],
	              'implied',
	            );
	          });
	      });
	  }

	  /**
	   * Argument `name` is missing.
	   *
	   * @param {string} name
	   * @private
	   */

	  missingArgument(name) {
	    const message = `error: missing required argument '${name}'`;
	    this.error(message, { code: 'commander.missingArgument' });
	  }

	  /**
	   * `Option` is missing an argument.
	   *
	   * @param {Option} option
	   * @private
	   */

	  optionMissingArgument(option) {
	    const message = `error: option '${option.flags}' argument missing`;
	    this.error(message, { code: 'commander.optionMissingArgument' });
	  }

	  /**
	   * `Option` does not have a value, and is a mandatory option.
	   *
	   * @param {Option} option
	   * @private
	   */

	  missingMandatoryOptionValue(option) {
	    const message = `error: required option '${option.flags}' not specified`;
	    this.error(message, { code: 'commander.missingMandatoryOptionValue' });
	  }

	  /**
	   * `Option` conflicts with another option.
	   *
	   * @param {Option} option
	   * @param {Option} conflictingOption
	   * @private
	   */
	  _conflictingOption(option, conflictingOption) {
	    // The calling code does not know whether a negated option is the source of the
	    // value, so do some work to take an educated guess.
	    const findBestOptionFromValue = (option) => {
	      const optionKey = option.attributeName();
	      const optionValue = this.getOptionValue(optionKey);
	      const negativeOption = this.options.find(
	        (target) => target.negate && optionKey === target.attributeName(),
	      );
	      const positiveOption = this.options.find(
	        (target) => !target.negate && optionKey === target.attributeName(),
	      );
	      if (
	        negativeOption &&
	        ((negativeOption.presetArg === undefined && optionValue === false) ||
	          (negativeOption.presetArg !== undefined &&
	            optionValue === negativeOption.presetArg))
	      ) {
	        return negativeOption;
	      }
	      return positiveOption || option;
	    };

	    const getErrorMessage = (option) => {
	      const bestOption = findBestOptionFromValue(option);
	      const optionKey = bestOption.attributeName();
	      const source = this.getOptionValueSource(optionKey);
	      if (source === 'env') {
	        return `environment variable '${bestOption.envVar}'`;
	      }
	      return `option '${bestOption.flags}'`;
	    };

	    const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
	    this.error(message, { code: 'commander.conflictingOption' });
	  }

	  /**
	   * Unknown option `flag`.
	   *
	   * @param {string} flag
	   * @private
	   */

	  unknownOption(flag) {
	    if (this._allowUnknownOption) return;
	    let suggestion = '';

	    if (flag.startsWith('--') && this._showSuggestionAfterError) {
	      // Looping to pick up the global options too
	      let candidateFlags = [];
	      // eslint-disable-next-line @typescript-eslint/no-this-alias
	      let command = this;
	      do {
	        const moreFlags = command
	          .createHelp()
	          .visibleOptions(command)
	          .filter((option) => option.long)
	          .map((option) => option.long);
	        candidateFlags = candidateFlags.concat(moreFlags);
	        command = command.parent;
	      } while (command && !command._enablePositionalOptions);
	      suggestion = suggestSimilar(flag, candidateFlags);
	    }

	    const message = `error: unknown option '${flag}'${suggestion}`;
	    this.error(message, { code: 'commander.unknownOption' });
	  }

	  /**
	   * Excess arguments, more than expected.
	   *
	   * @param {string[]} receivedArgs
	   * @private
	   */

	  _excessArguments(receivedArgs) {
	    if (this._allowExcessArguments) return;

	    const expected = this.registeredArguments.length;
	    const s = expected === 1 ? '' : 's';
	    const forSubcommand = this.parent ? ` for '${this.name()}'` : '';
	    const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
	    this.error(message, { code: 'commander.excessArguments' });
	  }

	  /**
	   * Unknown command.
	   *
	   * @private
	   */

	  unknownCommand() {
	    const unknownName = this.args[0];
	    let suggestion = '';

	    if (this._showSuggestionAfterError) {
	      const candidateNames = [];
	      this.createHelp()
	        .visibleCommands(this)
	        .forEach((command) => {
	          candidateNames.push(command.name());
	          // just visible alias
	          if (command.alias()) candidateNames.push(command.alias());
	        });
	      suggestion = suggestSimilar(unknownName, candidateNames);
	    }

	    const message = `error: unknown command '${unknownName}'${suggestion}`;
	    this.error(message, { code: 'commander.unknownCommand' });
	  }

	  /**
	   * Get or set the program version.
	   *
	   * This method auto-registers the "-V, --version" option which will print the version number.
	   *
	   * You can optionally supply the flags and description to override the defaults.
	   *
	   * @param {string} [str]
	   * @param {string} [flags]
	   * @param {string} [description]
	   * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
	   */

	  version(str, flags, description) {
	    if (str === undefined) return this._version;
	    this._version = str;
	    flags = flags || '-V, --version';
	    description = description || 'output the version number';
	    const versionOption = this.createOption(flags, description);
	    this._versionOptionName = versionOption.attributeName();
	    this._registerOption(versionOption);

	    this.on('option:' + versionOption.name(), () => {
	      this._outputConfiguration.writeOut(`${str}\n`);
	      this._exit(0, 'commander.version', str);
	    });
	    return this;
	  }

	  /**
	   * Set the description.
	   *
	   * @param {string} [str]
	   * @param {object} [argsDescription]
	   * @return {(string|Command)}
	   */
	  description(str, argsDescription) {
	    if (str === undefined && argsDescription === undefined)
	      return this._description;
	    this._description = str;
	    if (argsDescription) {
	      this._argsDescription = argsDescription;
	    }
	    return this;
	  }

	  /**
	   * Set the summary. Used when listed as subcommand of parent.
	   *
	   * @param {string} [str]
	   * @return {(string|Command)}
	   */
	  summary(str) {
	    if (str === undefined) return this._summary;
	    this._summary = str;
	    return this;
	  }

	  /**
	   * Set an alias for the command.
	   *
	   * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
	   *
	   * @param {string} [alias]
	   * @return {(string|Command)}
	   */

	  alias(alias) {
	    if (alias === undefined) return this._aliases[0]; // just return first, for backwards compatibility

	    /** @type {Command} */
	    // eslint-disable-next-line @typescript-eslint/no-this-alias
	    let command = this;
	    if (
	      this.commands.length !== 0 &&
	      this.commands[this.commands.length - 1]._executableHandler
	    ) {
	      // assume adding alias for last added executable subcommand, rather than this
	      command = this.commands[this.commands.length - 1];
	    }

	    if (alias === command._name)
	      throw new Error("Command alias can't be the same as its name");
	    const matchingCommand = this.parent?._findCommand(alias);
	    if (matchingCommand) {
	      // c.f. _registerCommand
	      const existingCmd = [matchingCommand.name()]
	        .concat(matchingCommand.aliases())
	        .join('|');
	      throw new Error(
	        `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`,
	      );
	    }

	    command._aliases.push(alias);
	    return this;
	  }

	  /**
	   * Set aliases for the command.
	   *
	   * Only the first alias is shown in the auto-generated help.
	   *
	   * @param {string[]} [aliases]
	   * @return {(string[]|Command)}
	   */

	  aliases(aliases) {
	    // Getter for the array of aliases is the main reason for having aliases() in addition to alias().
	    if (aliases === undefined) return this._aliases;

	    aliases.forEach((alias) => this.alias(alias));
	    return this;
	  }

	  /**
	   * Set / get the command usage `str`.
	   *
	   * @param {string} [str]
	   * @return {(string|Command)}
	   */

	  usage(str) {
	    if (str === undefined) {
	      if (this._usage) return this._usage;

	      const args = this.registeredArguments.map((arg) => {
	        return humanReadableArgName(arg);
	      });
	      return []
	        .concat(
	          this.options.length || this._helpOption !== null ? '[options]' : [],
	          this.commands.length ? '[command]' : [],
	          this.registeredArguments.length ? args : [],
	        )
	        .join(' ');
	    }

	    this._usage = str;
	    return this;
	  }

	  /**
	   * Get or set the name of the command.
	   *
	   * @param {string} [str]
	   * @return {(string|Command)}
	   */

	  name(str) {
	    if (str === undefined) return this._name;
	    this._name = str;
	    return this;
	  }

	  /**
	   * Set/get the help group heading for this subcommand in parent command's help.
	   *
	   * @param {string} [heading]
	   * @return {Command | string}
	   */

	  helpGroup(heading) {
	    if (heading === undefined) return this._helpGroupHeading ?? '';
	    this._helpGroupHeading = heading;
	    return this;
	  }

	  /**
	   * Set/get the default help group heading for subcommands added to this command.
	   * (This does not override a group set directly on the subcommand using .helpGroup().)
	   *
	   * @example
	   * program.commandsGroup('Development Commands:);
	   * program.command('watch')...
	   * program.command('lint')...
	   * ...
	   *
	   * @param {string} [heading]
	   * @returns {Command | string}
	   */
	  commandsGroup(heading) {
	    if (heading === undefined) return this._defaultCommandGroup ?? '';
	    this._defaultCommandGroup = heading;
	    return this;
	  }

	  /**
	   * Set/get the default help group heading for options added to this command.
	   * (This does not override a group set directly on the option using .helpGroup().)
	   *
	   * @example
	   * program
	   *   .optionsGroup('Development Options:')
	   *   .option('-d, --debug', 'output extra debugging')
	   *   .option('-p, --profile', 'output profiling information')
	   *
	   * @param {string} [heading]
	   * @returns {Command | string}
	   */
	  optionsGroup(heading) {
	    if (heading === undefined) return this._defaultOptionGroup ?? '';
	    this._defaultOptionGroup = heading;
	    return this;
	  }

	  /**
	   * @param {Option} option
	   * @private
	   */
	  _initOptionGroup(option) {
	    if (this._defaultOptionGroup && !option.helpGroupHeading)
	      option.helpGroup(this._defaultOptionGroup);
	  }

	  /**
	   * @param {Command} cmd
	   * @private
	   */
	  _initCommandGroup(cmd) {
	    if (this._defaultCommandGroup && !cmd.helpGroup())
	      cmd.helpGroup(this._defaultCommandGroup);
	  }

	  /**
	   * Set the name of the command from script filename, such as process.argv[1],
	   * or require.main.filename, or __filename.
	   *
	   * (Used internally and public although not documented in README.)
	   *
	   * @example
	   * program.nameFromFilename(require.main.filename);
	   *
	   * @param {string} filename
	   * @return {Command}
	   */

	  nameFromFilename(filename) {
	    this._name = path.basename(filename, path.extname(filename));

	    return this;
	  }

	  /**
	   * Get or set the directory for searching for executable subcommands of this command.
	   *
	   * @example
	   * program.executableDir(__dirname);
	   * // or
	   * program.executableDir('subcommands');
	   *
	   * @param {string} [path]
	   * @return {(string|null|Command)}
	   */

	  executableDir(path) {
	    if (path === undefined) return this._executableDir;
	    this._executableDir = path;
	    return this;
	  }

	  /**
	   * Return program help documentation.
	   *
	   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
	   * @return {string}
	   */

	  helpInformation(contextOptions) {
	    const helper = this.createHelp();
	    const context = this._getOutputContext(contextOptions);
	    helper.prepareContext({
	      error: context.error,
	      helpWidth: context.helpWidth,
	      outputHasColors: context.hasColors,
	    });
	    const text = helper.formatHelp(this, helper);
	    if (context.hasColors) return text;
	    return this._outputConfiguration.stripColor(text);
	  }

	  /**
	   * @typedef HelpContext
	   * @type {object}
	   * @property {boolean} error
	   * @property {number} helpWidth
	   * @property {boolean} hasColors
	   * @property {function} write - includes stripColor if needed
	   *
	   * @returns {HelpContext}
	   * @private
	   */

	  _getOutputContext(contextOptions) {
	    contextOptions = contextOptions || {};
	    const error = !!contextOptions.error;
	    let baseWrite;
	    let hasColors;
	    let helpWidth;
	    if (error) {
	      baseWrite = (str) => this._outputConfiguration.writeErr(str);
	      hasColors = this._outputConfiguration.getErrHasColors();
	      helpWidth = this._outputConfiguration.getErrHelpWidth();
	    } else {
	      baseWrite = (str) => this._outputConfiguration.writeOut(str);
	      hasColors = this._outputConfiguration.getOutHasColors();
	      helpWidth = this._outputConfiguration.getOutHelpWidth();
	    }
	    const write = (str) => {
	      if (!hasColors) str = this._outputConfiguration.stripColor(str);
	      return baseWrite(str);
	    };
	    return { error, write, hasColors, helpWidth };
	  }

	  /**
	   * Output help information for this command.
	   *
	   * Outputs built-in help, and custom text added using `.addHelpText()`.
	   *
	   * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
	   */

	  outputHelp(contextOptions) {
	    let deprecatedCallback;
	    if (typeof contextOptions === 'function') {
	      deprecatedCallback = contextOptions;
	      contextOptions = undefined;
	    }

	    const outputContext = this._getOutputContext(contextOptions);
	    /** @type {HelpTextEventContext} */
	    const eventContext = {
	      error: outputContext.error,
	      write: outputContext.write,
	      command: this,
	    };

	    this._getCommandAndAncestors()
	      .reverse()
	      .forEach((command) => command.emit('beforeAllHelp', eventContext));
	    this.emit('beforeHelp', eventContext);

	    let helpInformation = this.helpInformation({ error: outputContext.error });
	    if (deprecatedCallback) {
	      helpInformation = deprecatedCallback(helpInformation);
	      if (
	        typeof helpInformation !== 'string' &&
	        !Buffer.isBuffer(helpInformation)
	      ) {
	        throw new Error('outputHelp callback must return a string or a Buffer');
	      }
	    }
	    outputContext.write(helpInformation);

	    if (this._getHelpOption()?.long) {
	      this.emit(this._getHelpOption().long); // deprecated
	    }
	    this.emit('afterHelp', eventContext);
	    this._getCommandAndAncestors().forEach((command) =>
	      command.emit('afterAllHelp', eventContext),
	    );
	  }

	  /**
	   * You can pass in flags and a description to customise the built-in help option.
	   * Pass in false to disable the built-in help option.
	   *
	   * @example
	   * program.helpOption('-?, --help' 'show help'); // customise
	   * program.helpOption(false); // disable
	   *
	   * @param {(string | boolean)} flags
	   * @param {string} [description]
	   * @return {Command} `this` command for chaining
	   */

	  helpOption(flags, description) {
	    // Support enabling/disabling built-in help option.
	    if (typeof flags === 'boolean') {
	      if (flags) {
	        if (this._helpOption === null) this._helpOption = undefined; // reenable
	        if (this._defaultOptionGroup) {
	          // make the option to store the group
	          this._initOptionGroup(this._getHelpOption());
	        }
	      } else {
	        this._helpOption = null; // disable
	      }
	      return this;
	    }

	    // Customise flags and description.
	    this._helpOption = this.createOption(
	      flags ?? '-h, --help',
	      description ?? 'display help for command',
	    );
	    // init group unless lazy create
	    if (flags || description) this._initOptionGroup(this._helpOption);

	    return this;
	  }

	  /**
	   * Lazy create help option.
	   * Returns null if has been disabled with .helpOption(false).
	   *
	   * @returns {(Option | null)} the help option
	   * @package
	   */
	  _getHelpOption() {
	    // Lazy create help option on demand.
	    if (this._helpOption === undefined) {
	      this.helpOption(undefined, undefined);
	    }
	    return this._helpOption;
	  }

	  /**
	   * Supply your own option to use for the built-in help option.
	   * This is an alternative to using helpOption() to customise the flags and description etc.
	   *
	   * @param {Option} option
	   * @return {Command} `this` command for chaining
	   */
	  addHelpOption(option) {
	    this._helpOption = option;
	    this._initOptionGroup(option);
	    return this;
	  }

	  /**
	   * Output help information and exit.
	   *
	   * Outputs built-in help, and custom text added using `.addHelpText()`.
	   *
	   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
	   */

	  help(contextOptions) {
	    this.outputHelp(contextOptions);
	    let exitCode = Number(process.exitCode ?? 0); // process.exitCode does allow a string or an integer, but we prefer just a number
	    if (
	      exitCode === 0 &&
	      contextOptions &&
	      typeof contextOptions !== 'function' &&
	      contextOptions.error
	    ) {
	      exitCode = 1;
	    }
	    // message: do not have all displayed text available so only passing placeholder.
	    this._exit(exitCode, 'commander.help', '(outputHelp)');
	  }

	  /**
	   * // Do a little typing to coordinate emit and listener for the help text events.
	   * @typedef HelpTextEventContext
	   * @type {object}
	   * @property {boolean} error
	   * @property {Command} command
	   * @property {function} write
	   */

	  /**
	   * Add additional text to be displayed with the built-in help.
	   *
	   * Position is 'before' or 'after' to affect just this command,
	   * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
	   *
	   * @param {string} position - before or after built-in help
	   * @param {(string | Function)} text - string to add, or a function returning a string
	   * @return {Command} `this` command for chaining
	   */

	  addHelpText(position, text) {
	    const allowedValues = ['beforeAll', 'before', 'after', 'afterAll'];
	    if (!allowedValues.includes(position)) {
	      throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
	    }

	    const helpEvent = `${position}Help`;
	    this.on(helpEvent, (/** @type {HelpTextEventContext} */ context) => {
	      let helpStr;
	      if (typeof text === 'function') {
	        helpStr = text({ error: context.error, command: context.command });
	      } else {
	        helpStr = text;
	      }
	      // Ignore falsy value when nothing to output.
	      if (helpStr) {
	        context.write(`${helpStr}\n`);
	      }
	    });
	    return this;
	  }

	  /**
	   * Output help information if help flags specified
	   *
	   * @param {Array} args - array of options to search for help flags
	   * @private
	   */

	  _outputHelpIfRequested(args) {
	    const helpOption = this._getHelpOption();
	    const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
	    if (helpRequested) {
	      this.outputHelp();
	      // (Do not have all displayed text available so only passing placeholder.)
	      this._exit(0, 'commander.helpDisplayed', '(outputHelp)');
	    }
	  }
	}

	/**
	 * Scan arguments and increment port number for inspect calls (to avoid conflicts when spawning new command).
	 *
	 * @param {string[]} args - array of arguments from node.execArgv
	 * @returns {string[]}
	 * @private
	 */

	function incrementNodeInspectorPort(args) {
	  // Testing for these options:
	  //  --inspect[=[host:]port]
	  //  --inspect-brk[=[host:]port]
	  //  --inspect-port=[host:]port
	  return args.map((arg) => {
	    if (!arg.startsWith('--inspect')) {
	      return arg;
	    }
	    let debugOption;
	    let debugHost = '127.0.0.1';
	    let debugPort = '9229';
	    let match;
	    if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
	      // e.g. --inspect
	      debugOption = match[1];
	    } else if (
	      (match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null
	    ) {
	      debugOption = match[1];
	      if (/^\d+$/.test(match[3])) {
	        // e.g. --inspect=1234
	        debugPort = match[3];
	      } else {
	        // e.g. --inspect=localhost
	        debugHost = match[3];
	      }
	    } else if (
	      (match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null
	    ) {
	      // e.g. --inspect=localhost:1234
	      debugOption = match[1];
	      debugHost = match[3];
	      debugPort = match[4];
	    }

	    if (debugOption && debugPort !== '0') {
	      return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
	    }
	    return arg;
	  });
	}

	/**
	 * @returns {boolean | undefined}
	 * @package
	 */
	function useColor() {
	  // Test for common conventions.
	  // NB: the observed behaviour is in combination with how author adds color! For example:
	  //   - we do not test NODE_DISABLE_COLORS, but util:styletext does
	  //   - we do test NO_COLOR, but Chalk does not
	  //
	  // References:
	  // https://no-color.org
	  // https://bixense.com/clicolors/
	  // https://github.com/nodejs/node/blob/0a00217a5f67ef4a22384cfc80eb6dd9a917fdc1/lib/internal/tty.js#L109
	  // https://github.com/chalk/supports-color/blob/c214314a14bcb174b12b3014b2b0a8de375029ae/index.js#L33
	  // (https://force-color.org recent web page from 2023, does not match major javascript implementations)

	  if (
	    process.env.NO_COLOR ||
	    process.env.FORCE_COLOR === '0' ||
	    process.env.FORCE_COLOR === 'false'
	  )
	    return false;
	  if (process.env.FORCE_COLOR || process.env.CLICOLOR_FORCE !== undefined)
	    return true;
	  return undefined;
	}

	command.Command = Command;
	command.useColor = useColor; // exporting for tests
	return command;
}

var hasRequiredCommander;

function requireCommander () {
	if (hasRequiredCommander) return commander$1;
	hasRequiredCommander = 1;
	const { Argument } = requireArgument();
	const { Command } = requireCommand();
	const { CommanderError, InvalidArgumentError } = requireError();
	const { Help } = requireHelp();
	const { Option } = requireOption();

	commander$1.program = new Command();

	commander$1.createCommand = (name) => new Command(name);
	commander$1.createOption = (flags, description) => new Option(flags, description);
	commander$1.createArgument = (name, description) => new Argument(name, description);

	/**
	 * Expose classes
	 */

	commander$1.Command = Command;
	commander$1.Option = Option;
	commander$1.Argument = Argument;
	commander$1.Help = Help;

	commander$1.CommanderError = CommanderError;
	commander$1.InvalidArgumentError = InvalidArgumentError;
	commander$1.InvalidOptionArgumentError = InvalidArgumentError; // Deprecated
	return commander$1;
}

var commanderExports = requireCommander();
var commander = /*@__PURE__*/getDefaultExportFromCjs(commanderExports);

// wrapper to provide named exports for ESM.
const {
  program,
  createCommand,
  createArgument,
  createOption,
  CommanderError,
  InvalidArgumentError,
  InvalidOptionArgumentError, // deprecated old name
  Command,
  Argument,
  Option,
  Help,
} = commander;

/**
 * Tells the user what went wrong and says with which exit code to end. Known failures are one clear message without a stack;
 * everything else is a fault of this program and says so.
 */
function reportFailure(error, terminal, debug) {
    const { stream, color } = terminal.err;
    const colors = picocolors.createColors(color);
    const print = (text) => void stream.write(`${text}\n`);
    if (terminal.signal.aborted) {
        print(colors.yellow('interrupted'));
        return ExitCode.interrupted;
    }
    // commander has printed its message, the help or the version by itself.
    if (error instanceof CommanderError)
        return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
    if (error instanceof GateError) {
        print(`${colors.red('error:')} ${printable(error.message)}`);
        if (error.hint !== undefined)
            print(`${colors.dim('hint:')} ${printable(error.hint)}`);
        if (debug)
            print(colors.dim(printable(stackOf(error))));
        return error.exitCode;
    }
    const missing = missingModule(error);
    if (missing !== undefined) {
        print(`${colors.red('error:')} ${printable(missing)}`);
        print(`${colors.dim('hint:')} install precision-gate again, for this system and processor: npm ci`);
        return ExitCode.runtime;
    }
    print(`${colors.red('error:')} ${printable(messageOf(error))}`);
    print('this is a bug in precision-gate, please report it');
    print(debug ? colors.dim(printable(stackOf(error))) : colors.dim('(--debug shows where it happened)'));
    return ExitCode.runtime;
}
function stackOf(error) {
    if (!(error instanceof Error))
        return String(error);
    const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`;
    return `${error.stack ?? error.message}${cause}`;
}
/** An installation without one of its native parts, such as sharp for another system. */
function missingModule(error) {
    const code = error?.code;
    const native = error instanceof Error && /Could not load the "sharp" module/.test(error.message);
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED';
    return missing || native ? `a part of the installation is missing: ${messageOf(error).split('\n')[0]}` : undefined;
}

/** Time for the pipeline to stop by itself; after it the process ends whatever it is doing. */
const GRACE_MS = 3000;
/**
 * The first Ctrl-C stops the work and removes what is half written. The handlers are gone then, so that a second one is
 * the system's own and kills at once, even while native code keeps Node.js from running handlers.
 */
function handleInterrupts(say) {
    const controller = new AbortController();
    let exitCode;
    const handlers = ['SIGINT', 'SIGTERM'].map((name) => {
        const handle = () => {
            exitCode = 128 + constants.signals[name];
            removeTemporaries();
            controller.abort();
            for (const [other, handler] of handlers)
                process.off(other, handler);
            say(name === 'SIGINT' ? 'stopping; Ctrl-C again ends at once' : 'stopping');
            setTimeout(() => process.exit(exitCode), GRACE_MS).unref();
        };
        process.on(name, handle);
        return [name, handle];
    });
    process.on('exit', removeTemporaries);
    return { signal: controller.signal, exitCode: () => exitCode };
}

/**
 * `precision-gate cache-key`: prints a key under which another cache may keep the calibration tables of a config.
 * Prints nothing on the standard output where nothing is calibrated.
 * @returns the exit code.
 */
async function cacheKey(options, { terminal, loadGate }) {
    const { config } = selectPrecisions(await loadConfig(options.config, options), options.precision);
    const { calibrationCacheKey } = await loadGate();
    const key = await calibrationCacheKey(config, { signal: terminal.signal });
    if (key !== undefined)
        terminal.out.stream.write(`${key}\n`);
    else
        terminal.err.stream.write(`${printable(`${options.config} has no variant that is calibrated`)}\n`);
    return ExitCode.pass;
}

const DEFAULT_CONFIG = 'precision-gate.yml';
const DEFAULT_OUTPUT = 'precision-gate-report';
const option = {
    config: () => new Option('-c, --config <file>', 'the config').default(DEFAULT_CONFIG),
    output: () => new Option('-o, --output <folder>', 'where the report and the models go').default(DEFAULT_OUTPUT),
    workspace: () => new Option('--workspace <folder>', 'files outside it are refused (default: the git work tree of the config)'),
    runtimePath: () => new Option('--runtime-path <folder>', 'the onnxruntime-node to use'),
    toolCache: () => new Option('--tool-cache <folder>', 'where setup-runtime keeps ONNX Runtime and the image decoder (or PRECISION_GATE_TOOL_CACHE, RUNNER_TOOL_CACHE)'),
    download: () => new Option('--download', 'fetch ONNX Runtime and the image decoder if they are not installed'),
    provider: () => new Option('--provider <name>', "execution provider, in place of the config's").choices(PROVIDERS$1),
    noCache: () => new Option('--no-cache', 'calibrate anew, and leave the cache of calibration tables alone'),
    cacheDir: () => new Option('--cache-dir <folder>', 'where calibration tables are kept between runs (or PRECISION_GATE_CACHE)'),
    baseline: () => new Option('--baseline <path>', 'compare with an earlier run: its report folder, or its result.json'),
    limit: () => new Option('--limit <n>', 'evaluate at most n samples, spread evenly').argParser(positiveInteger),
    device: () => new Option('--device <n>', "index of the GPU, or several (0,1), in place of the config's").argParser(parseDevices),
    shard: () => new Option('--shard <i/n>', 'evaluate only part i of n of the test set; `merge` judges all parts').argParser(parseShard),
    quiet: () => new Option('-q, --quiet', 'no progress and no log; the report alone'),
    debug: () => new Option('--debug', 'more log, and a stack trace with errors (or PRECISION_GATE_DEBUG=1)')
};
const PROVIDERS$1 = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'];
function positiveInteger(value) {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < 1)
        throw new InvalidArgumentError('It must be a whole number of at least 1.');
    return number;
}
/** `0` or `0,1`. */
function parseDevices(value) {
    const devices = value.split(',').map((text) => (/^ *\d{1,4} *$/.test(text) ? Number(text) : NaN));
    if (devices.some(Number.isNaN) || new Set(devices).size < devices.length) {
        throw new InvalidArgumentError('It must be the index of a GPU, or several different ones with commas, such as 0,1.');
    }
    return devices;
}
/** `2/4`: the second of four parts. */
function parseShard(value) {
    const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? [];
    const shard = { index: Number(index), count: Number(count) };
    if (index === undefined || shard.index < 1 || shard.index > shard.count) {
        throw new InvalidArgumentError('It must be i/n with i from 1 to n, such as 1/4.');
    }
    return shard;
}
/** The part of the gate's options that is the same for every command. */
function gateOptions(options, outputDirectory, terminal) {
    const { provider, runtimePath, cacheDir } = options;
    return {
        outputDirectory,
        ...(provider !== undefined && { provider }),
        ...(runtimePath !== undefined && { runtimePath }),
        ...(cacheDir !== undefined && { cacheDirectory: cacheDir }),
        noCache: options.cache === false,
        signal: terminal.signal,
        ...createConsole(terminal.err, {
            quiet: options.quiet,
            debug: options.debug ?? debugRequested(),
            signal: terminal.signal
        })
    };
}
function debugRequested() {
    return process.env.PRECISION_GATE_DEBUG === '1';
}

/**
 * `precision-gate check`: everything that can be wrong before a model runs: files, data sets, preprocessing. Writes
 * nothing.
 * @returns the exit code.
 */
async function check(options, { terminal, loadGate }) {
    const config = await loadConfig(options.config, options);
    const { checkGate } = await loadGate();
    const report = await withTemporaryFolder((folder) => checkGate(config, gateOptions(options, folder, terminal)));
    const warnings = [...report.warnings, ...unjudged(config)];
    const lines = [
        ...describe$2(report, config),
        ...report.diagnosis.flatMap(findingLines),
        ...warnings.map((warning) => `warning: ${warning}`)
    ];
    terminal.out.stream.write(`${lines.map(printable).join('\n')}\n${options.config} is valid\n`);
    return 0;
}
/** What was found is said in full, what was cleared in a line. */
function findingLines({ check, status, evidence, action }) {
    const line = `${status.padEnd(12)} ${check}: ${evidence}`;
    return status === 'pass' || status === 'skipped' ? [line] : [line, `${' '.repeat(12)} -> ${action}`];
}
/** A variant without a limit is measured and can never fail: more likely forgotten than meant. */
function unjudged(config) {
    const errors = limitsOf(config).filter(({ severity }) => severity === 'error');
    return [...config.variants]
        .filter(([, { requireExecuted }]) => requireExecuted === undefined)
        .filter(([name]) => !errors.some(({ variant }) => variant === undefined || variant === name))
        .map(([name]) => `no limit of severity error applies to variant ${name}: it is measured and never fails`);
}
/** Of every kind: on metrics, layers and speed. */
function limitsOf({ thresholds, layerLimits = [], speedLimits = [] }) {
    return [...thresholds, ...layerLimits, ...speedLimits];
}
function describe$2({ model, dataset, calibration }, config) {
    const values = (list) => list.map(({ name, type, dims }) => `${name} ${type} [${dims.map((size) => size || '?').join(', ')}]`).join(', ');
    return [
        `model        opset ${model.opset}, ${model.parameters.toLocaleString('en-US')} parameters`,
        `  inputs     ${values(model.inputs)}`,
        `  outputs    ${values(model.outputs)}`,
        `test set     ${dataset.samples.toLocaleString('en-US')} samples${dataset.classes === undefined ? '' : `, ${dataset.classes.length} classes`}`,
        ...(calibration === undefined ? [] : [`calibration  ${calibration.samples.toLocaleString('en-US')} samples`]),
        `variants     ${[...config.variants].map(([name, { kind }]) => (name === kind ? name : `${name} (${kind})`)).join(', ')}`,
        `limits       ${limitsOf(config).length}`
    ];
}

/**
 * `precision-gate compare A B`: what changed from one finished run to another.
 * @param before result.json of the earlier run, or its report folder; `after` likewise.
 * @returns the exit code: 0, or 4 where the two cannot be compared.
 */
async function compare(before, after, { json }, { terminal: { out } }) {
    const [then, now] = [await openBaseline(before), await openBaseline(after)];
    const { comparison } = compareWithBaseline(then, now.result, now.samples);
    const text = json === true
        ? JSON.stringify(comparison, null, 2)
        : comparisonLines({ ...now.result, baseline: comparison }, out.width)
            .map(printable)
            .join('\n');
    out.stream.write(`${text}\n`);
    return comparison.comparable ? ExitCode.pass : ExitCode.inconclusive;
}

/** Half a step, and what float32 sums are off by. */
const ROUNDED_ONCE = 0.6;
const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'tensorrt'];
/**
 * `precision-gate doctor`: what works on this machine and in which precision, found by running it.
 * @returns the exit code: 0 where the CPU provider works, whatever the others do.
 * @throws RuntimeError where ONNX Runtime is missing or does not load
 */
async function doctor(options, { terminal, loadRuntimeModule }) {
    const { loadRuntime, probePrecision, readGpus } = await loadRuntimeModule();
    const { path: runtimePath } = findOnnxRuntime(options);
    const runtime = await loadRuntime(options);
    const providers = [];
    for (const provider of PROVIDERS) {
        if (terminal.signal.aborted)
            break;
        const { device = 0 } = options;
        providers.push(await examine(provider, await runtime.probe(provider, device), () => probePrecision(runtime, provider, device)));
    }
    const report = {
        tool: TOOL,
        environment: { ...environmentOf(runtime), runtimePath },
        sharp: findDecoder(),
        gpus: await readGpus(),
        providers
    };
    const text = options.json === true ? JSON.stringify(report, null, 2) : describe$1(report).map(printable).join('\n');
    terminal.out.stream.write(`${text}\n`);
    return providers[0]?.works === true ? ExitCode.pass : ExitCode.runtime;
}
async function examine(provider, result, probe) {
    if (!result.works)
        return { provider, ...result };
    try {
        return { provider, works: true, precision: await probe() };
    }
    catch (error) {
        return { provider, works: true, error: error instanceof GateError ? explain$1(error) : messageOf(error) };
    }
}
function environmentOf(runtime) {
    const { onnxruntime, node, os, cpu, cpuCores, cpuFlags, vnni, x64QuantPrecision } = runtime.environment({
        provider: 'cpu',
        threads: 0
    });
    return { onnxruntime, node, os, cpu, cpuCores, cpuFlags, vnni, x64QuantPrecision };
}
function findDecoder() {
    try {
        return findSharp();
    }
    catch (error) {
        return { missing: error instanceof GateError ? explain$1(error) : messageOf(error) };
    }
}
function describe$1({ tool, environment, sharp, gpus, providers }) {
    const { onnxruntime, runtimePath, node, os, cpu, cpuCores, cpuFlags, x64QuantPrecision } = environment;
    return [
        `${tool.name} ${tool.version}, Node ${String(node)}, ${String(os)}`,
        `ONNX Runtime  ${String(onnxruntime)} in ${String(runtimePath)}`,
        `decoder       ${'missing' in sharp ? sharp.missing : `sharp ${sharp.version} in ${sharp.path}`}`,
        `processor     ${String(cpu)}, ${String(cpuCores)} cores, ${cpuFlags.join(' ') || 'flags unknown'}`,
        `              ${x64QuantPrecision === true ? 'INT8 sums saturate: exact kernels are switched on' : 'INT8 sums are exact'}`,
        ...(gpus.length === 0
            ? ['GPU           none that nvidia-smi lists']
            : gpus.map(({ gpu, driver, gpuMemoryMiB }, i) => `GPU ${i}         ${gpu}, ${gpuMemoryMiB} MiB, driver ${driver}`)),
        '',
        ...providers.flatMap(describeProvider)
    ];
}
function describeProvider({ provider, works, reason, remedy, precision, error }) {
    const name = provider.padEnd(14);
    if (!works)
        return [`${name}does not work: ${reason}`, `              ${remedy}`];
    if (precision === undefined)
        return [`${name}works; its precision could not be found out: ${error}`];
    const { fp16, fp16SumErrorSteps, int8, int8ErrorSteps } = precision;
    const half = fp16 === 'half' ? 'float16 overflows at 65504, as it should' : 'float16 is computed in float32: no overflow shows';
    const integer = int8 === undefined
        ? 'not told by the profile'
        : int8 === 'int8'
            ? 'integer kernels'
            : `${int8}: float kernels between Q and DQ`;
    return [
        `${name}works`,
        `  FP16        ${half}`,
        `              sums are ${fp16SumErrorSteps > ROUNDED_ONCE ? 'float16' : 'float32'}: one of 256 products is off by ${fp16SumErrorSteps.toFixed(1)} steps of float16`,
        `  INT8        ${integer}; a convolution is off by at most ${int8ErrorSteps.toFixed(0)} steps of its output`
    ];
}

/** Nothing says what is right, so that only FP32 is left to compare with. */
function isUnlabelled({ kind, labels }) {
    return kind === 'images' || (kind === 'npy' && labels === undefined);
}
const TEST_NAMES = ['test', 'val', 'validation'];
const CALIBRATION_NAMES = ['calibration', 'calib', 'train'];
const LABEL_NAMES = ['labels.csv', 'labels.npy'];
/**
 * Finds test set and calibration images: in the folder itself, or in folders with the usual names in it.
 * @throws ConfigurationError where there is nothing at that path.
 */
async function guessData(path) {
    const found = await stat(path).catch((error) => {
        throw new ConfigurationError([{ message: `--data ${path} does not exist` }], undefined, { cause: error });
    });
    if (found.isFile())
        return guessFile(path);
    const entries = await folderNames(path);
    const pick = (names) => names.find((name) => entries.includes(name));
    const test = pick(TEST_NAMES);
    const calibration = pick(CALIBRATION_NAMES);
    // A folder per class may well have a class called "train".
    const split = test !== undefined && entries.every((name) => [...TEST_NAMES, ...CALIBRATION_NAMES].includes(name));
    const annotated = await guessAnnotated(split ? join(path, test) : path);
    if (annotated !== undefined) {
        return {
            ...annotated,
            ...(split && calibration !== undefined && (await calibrationImages(join(path, calibration))))
        };
    }
    if (!split)
        return { ...(await guessFolder(path)), test: path };
    return {
        ...(await guessFolder(join(path, test))),
        test: join(path, test),
        ...(calibration !== undefined && { calibration: join(path, calibration) })
    };
}
/** Without class folders, nothing says what an image shows. */
async function guessFolder(path) {
    const classes = (await folderNames(path)).length;
    return classes === 0 ? { kind: 'images' } : { kind: 'folders', classes };
}
/** Images beside their masks or boxes. */
async function guessAnnotated(path) {
    const entries = await readdir(path);
    if (!entries.includes('images'))
        return undefined;
    const coco = entries.find((name) => extname(name).toLowerCase() === '.json');
    const masks = entries.find((name) => name === 'masks');
    if (coco === undefined && masks === undefined)
        return undefined;
    return {
        kind: 'annotated',
        test: join(path, 'images'),
        ...(coco !== undefined && { coco: join(path, coco) }),
        ...(masks !== undefined && { masks: join(path, masks) })
    };
}
async function calibrationImages(path) {
    const nested = (await folderNames(path)).includes('images');
    return { calibration: nested ? join(path, 'images') : path };
}
async function guessFile(path) {
    switch (extname(path).toLowerCase()) {
        case '.csv':
            return { kind: 'manifest', test: path };
        case '.npy': {
            const files = await readdir(join(path, '..'));
            const labels = LABEL_NAMES.find((name) => files.includes(name));
            return { kind: 'npy', test: path, ...(labels !== undefined && { labels: join(path, '..', labels) }) };
        }
        default:
            throw new ConfigurationError([
                { message: `--data ${path} is of no known kind: expected a folder, a .csv manifest or a .npy file` }
            ]);
    }
}
async function folderNames(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
}

/** ImageNet's statistics, with which nearly every public 224 x 224 classifier was trained (torchvision's documentation). */
const IMAGENET = '{scale: 1/255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}';
const IMAGENET_SIZE = 224;
/** What a model's inputs and outputs say about preprocessing, and what they leave to a guess. */
function guessFromModel(inputs, outputs) {
    const remarks = [];
    const [input, ...more] = inputs;
    if (input === undefined || more.length > 0) {
        remarks.push(`the model has ${inputs.length} inputs; precision-gate feeds models with one`);
    }
    const scores = outputs.find(({ type, dims }) => dims.length === 2 && type.startsWith('float')) ?? outputs[0];
    const classAxis = scores?.dims.at(-1);
    const shape = input === undefined ? undefined : imageShape(input);
    if (shape === undefined) {
        const dims = input === undefined ? 'missing' : `[${input.dims.join(', ')}]`;
        remarks.push(`the input ${dims} is no image: give its tensors with dataset: {npy: inputs.npy, labels: labels.csv}`);
    }
    const proposal = shape === undefined ? undefined : proposeDecoder(outputs, sizeOf(shape));
    return {
        ...(proposal !== undefined && { proposal }),
        steps: input === undefined || shape === undefined ? [] : guessSteps(shape, input.type),
        ...(typeof classAxis === 'number' && classAxis > 0 && { outputs: classAxis }),
        ...(outputs.length > 1 && {
            scores: {
                output: scores.name,
                others: outputs.filter((output) => output !== scores).map(({ name }) => name)
            }
        }),
        remarks
    };
}
function imageShape({ dims }) {
    if (dims.length !== 4)
        return undefined;
    const size = (axis) => {
        const value = dims[axis];
        return typeof value === 'number' && value > 0 ? value : undefined;
    };
    const first = size(1);
    const last = size(3);
    if (first === 1 || first === 3)
        return { layout: 'nchw', channels: first, height: size(2), width: size(3) };
    if (last === 1 || last === 3)
        return { layout: 'nhwc', channels: last, height: size(1), width: size(2) };
    return undefined;
}
function sizeOf({ width, height }) {
    return width === undefined || height === undefined ? undefined : { width, height };
}
function guessSteps({ layout, channels, width, height }, type) {
    const size = { width: width ?? IMAGENET_SIZE, height: height ?? IMAGENET_SIZE };
    const open = width === undefined || height === undefined ? 'the model takes any size; this one is a guess. ' : '';
    const imagenet = channels === 3 && size.width === IMAGENET_SIZE && size.height === IMAGENET_SIZE;
    const steps = [];
    if (channels === 1)
        steps.push({ text: 'color: gray', check: 'the model takes one channel' });
    else
        steps.push({ text: 'color: rgb', check: 'bgr where the model was trained with OpenCV or Caffe' });
    if (imagenet) {
        const check = `${open}resize and crop as in training; like: opencv where it used cv2.resize`;
        steps.push({ text: 'resize: {shorter: 256, interpolation: bilinear, like: pillow}', check });
        steps.push({ text: `center_crop: ${IMAGENET_SIZE}` });
    }
    else {
        const box = `{width: ${size.width}, height: ${size.height}, interpolation: bilinear, like: pillow}`;
        const check = `${open}stretched to the input's size; letterbox or center_crop keep the aspect ratio`;
        steps.push({ text: `resize: ${box}`, check });
    }
    if (type === 'uint8' || type === 'int8')
        return [...steps, ...layoutStep(layout)];
    steps.push(imagenet
        ? { text: `normalize: ${IMAGENET}`, check: "ImageNet's mean and standard deviation" }
        : { text: 'scale: 1/255', check: 'and mean and std where training used them: {scale, mean, std} in normalize' });
    return [...steps, ...layoutStep(layout)];
}
function layoutStep(layout) {
    return layout === 'nhwc' ? [{ text: 'layout: nhwc' }] : [];
}

/** The task of the data where those tell, else of the model's outputs; classification where neither says anything. */
function guessTask({ proposal, scores }, data) {
    const classification = { name: 'classification', ...(scores !== undefined && { scores }) };
    if (data === undefined)
        return proposal === undefined ? classification : { name: proposal.task, proposal };
    if (data.kind === 'images' && proposal !== undefined)
        return { name: proposal.task, proposal };
    if (data.kind !== 'annotated')
        return classification;
    const possible = [];
    if (data.coco !== undefined)
        possible.push('detection');
    if (data.masks !== undefined)
        possible.push('segmentation');
    if (proposal !== undefined && possible.includes(proposal.task))
        return { name: proposal.task, proposal };
    return { name: possible[0] };
}
function taskLines({ name, proposal, scores }) {
    if (name === 'classification') {
        if (scores === undefined)
            return ['task: classification'];
        const { output, others } = scores;
        return [
            'task: classification',
            `decode: {output: ${JSON.stringify(output)}} # check: the class scores; the model also has ${visible(others.join(', '))}`
        ];
    }
    if (proposal === undefined) {
        const decode = name === 'detection' ? 'decode: {layout: yolov8}' : 'decode: {kind: scores}';
        return [`task: ${name}`, `${decode} # check: the outputs do not say how they are to be read (docs/decode.md)`];
    }
    return [`task: ${name}`, `decode: ${decodeOf(proposal)} # check: ${proposal.because}`];
}
function decodeOf(proposal) {
    if (proposal.task === 'segmentation') {
        const { kind, output, layout } = proposal;
        return `{kind: ${kind}, output: ${JSON.stringify(output)}, axes: ${layout}}`;
    }
    const outputs = Object.entries(proposal.outputs).map(([role, name]) => `${role}: ${JSON.stringify(name)}`);
    return `{layout: ${proposal.layout}, outputs: {${outputs.join(', ')}}}`;
}
/** The test set of a task whose images have annotations beside them. */
function annotatedLines(name, data, path) {
    if (name === 'detection') {
        return data?.coco === undefined
            ? [
                'dataset: {coco: data/test/instances.json, images: data/test/images} # check: or {voc, images, classes}, {yolo, images, classes}'
            ]
            : [`dataset: {coco: ${path(data.coco)}, images: ${path(data.test)}}`];
    }
    return data?.masks === undefined
        ? ['dataset: {masks: data/test/masks, images: data/test/images} # check: one PNG of class numbers for each image']
        : [
            `dataset: {masks: ${path(data.masks)}, images: ${path(data.test)}} # check: \`ignore\` and \`map\` where mask values are no class numbers`
        ];
}

/** The starter config: it runs as it stands where the guesses hold, and says `# check:` wherever it guessed. */
function starterConfig(input) {
    const { guess, data, schema } = input;
    const path = (file) => yamlPath(input.folder, file);
    const task = guessTask(guess, data);
    const agreement = data !== undefined && isUnlabelled(data);
    const [metric] = metricsOf(task.name, agreement);
    return [
        `# yaml-language-server: $schema=${schema}`,
        '# Every key is described in docs/config.md. Lines with "check:" hold a guess.',
        'version: 1',
        `model: ${path(input.model)}`,
        ...guess.remarks.map((remark) => `# check: ${remark}`),
        ...taskLines(task),
        ...agreementLines(agreement),
        '',
        ...(task.name === 'classification' || agreement
            ? datasetLines(data, guess, path)
            : annotatedLines(task.name, data, path)),
        ...preprocessLines(guess.steps, data),
        '',
        ...calibrationLines(data, path),
        '',
        ...variantLines(data?.calibration !== undefined),
        '',
        ...(agreement
            ? []
            : [
                '# The published FP32 figure: a mistake in the preprocessing shows here before anything else is blamed.',
                `# expect: {${metric}: 0.761, tolerance: 0.002}`,
                ''
            ]),
        'thresholds:',
        `  - {metric: ${metric}, max_drop_points: 1.0} # check: percentage points that a variant may lose`,
        '',
        'runtime: {provider: auto}',
        'on_inconclusive: warn # fail: exit code 4 where the images are too few to decide',
        ''
    ].join('\n');
}
function agreementLines(agreement) {
    return agreement
        ? ['metric: agreement # check: no labels were found, so variants are compared with FP32 (docs/agreement.md)']
        : ['# metric: agreement # without labels: variants are compared with FP32 (docs/agreement.md)'];
}
function datasetLines(data, { outputs }, path) {
    if (data === undefined) {
        return [
            'dataset: {path: data/test} # check: a folder per class; or {manifest: test.csv}, {npy: inputs.npy, labels: labels.csv}'
        ];
    }
    const offset = offsetOf(data, outputs);
    const fields = {
        folders: [`path: ${path(data.test)}`],
        manifest: [`manifest: ${path(data.test)}`],
        npy: [`npy: ${path(data.test)}`, ...(data.labels === undefined ? [] : [`labels: ${path(data.labels)}`])],
        images: [`images: ${path(data.test)}`],
        annotated: []
    }[data.kind];
    if (offset === 1)
        fields.push('class_offset: 1');
    return [`dataset: {${fields.join(', ')}}${comment(offsetCheck(data, outputs, offset))}`];
}
/** Networks with one output more than there are classes keep output 0 for "background". */
function offsetOf({ classes }, outputs) {
    return (classes !== undefined && outputs === classes + 1) || outputs === 1001 ? 1 : 0;
}
function offsetCheck({ classes, kind }, outputs, offset) {
    if (offset === 1)
        return `the model has ${outputs} outputs, one more than there are classes`;
    if (classes !== undefined && outputs !== undefined && classes !== outputs) {
        return `${classes} class folders, and ${outputs} outputs of the model; classes: FILE gives the order`;
    }
    return kind === 'folders' ? 'sorted folder names are classes 0, 1, ...; classes: FILE gives another order' : undefined;
}
function preprocessLines(steps, data) {
    if (steps.length === 0 || data?.kind === 'npy')
        return [];
    return ['preprocess:', ...steps.map(({ text, check }) => `  - ${text}${comment(check)}`)];
}
function calibrationLines(data, path) {
    if (data?.calibration !== undefined) {
        const dataset = `{${data.kind === 'annotated' ? 'images' : 'path'}: ${path(data.calibration)}}`;
        return [
            `calibration: {dataset: ${dataset}, samples: 512} # check: images like those of the test set, and none of them`
        ];
    }
    return [
        '# INT8 needs a few hundred images like those of the test set, and none of them:',
        '# calibration: {dataset: {path: data/calibration}, samples: 512}'
    ];
}
function variantLines(int8) {
    return [
        'variants:',
        '  fp16: {precision: fp16}',
        `  ${int8 ? '' : '# '}int8: {precision: int8, target: cpu} # target: tensorrt for NVIDIA GPUs`,
        '  # ours: {model: model.qat.onnx} # a finished quantized model, judged as it is'
    ];
}
function comment(check) {
    return check === undefined ? '' : ` # check: ${check}`;
}
/** Relative with `/`, quoted where YAML asks for it. */
function yamlPath(folder, file) {
    const path = relative(folder, file).split(sep).join('/');
    return distExports.stringify([path], { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1);
}

/**
 * `precision-gate init MODEL`: writes a commented config with what the model and the data tell.
 * @returns the exit code.
 */
async function init(model, options, { terminal, loadRuntimeModule }) {
    if (options.force !== true && (await exists(options.output))) {
        throw new ConfigurationError([{ message: `${options.output} exists` }], 'overwrite it with --force, or choose another -o');
    }
    if (!(await exists(model)))
        throw new FileError(`the model ${model} does not exist`);
    const data = options.data === undefined ? undefined : await guessData(options.data);
    const { loadRuntime } = await loadRuntimeModule();
    const runtime = await loadRuntime(options.runtimePath === undefined ? {} : { runtimePath: options.runtimePath });
    const session = await runtime.createSession(resolve$1(model), { provider: 'cpu', threads: 1, optimization: 'disabled' });
    const guess = guessFromModel(session.inputs, session.outputs);
    await session.release();
    const folder = await realFolder(dirname(resolve$1(options.output)));
    const text = starterConfig({
        folder,
        schema: await schemaReference(folder),
        model: await realpath(model),
        guess,
        ...(data !== undefined && { data: await resolveData(data) })
    });
    await writeFileAtomic(options.output, text);
    const guesses = text.split('\n').filter((line) => line.includes('# check:')).length;
    terminal.out.stream.write(`${options.output} written. Look at the ${guesses} lines with "check:", then run: precision-gate check -c ${options.output}\n`);
    return ExitCode.pass;
}
async function resolveData(data) {
    const { test, calibration, labels, coco, masks, ...rest } = data;
    return {
        ...rest,
        test: await realpath(test),
        ...(calibration !== undefined && { calibration: await realpath(calibration) }),
        ...(labels !== undefined && { labels: await realpath(labels) }),
        ...(coco !== undefined && { coco: await realpath(coco) }),
        ...(masks !== undefined && { masks: await realpath(masks) })
    };
}
/** An installed copy beside the project is the schema of this very version; editors can also load the published one. */
async function schemaReference(folder) {
    for (let parent = folder;; parent = dirname(parent)) {
        const file = join(parent, 'node_modules', TOOL.name, 'schema', 'config.schema.json');
        if (await exists(file))
            return relative(folder, file).split(sep).join('/');
        if (parent === dirname(parent))
            break;
    }
    return `https://unpkg.com/${TOOL.name}@${TOOL.version}/schema/config.schema.json`;
}
/** The folder of a file that is still to be written may not exist yet. */
async function realFolder(folder) {
    return realpath(folder).catch(async () => join(await realFolder(dirname(folder)), basename(folder)));
}
async function exists(file) {
    return stat(file).then(() => true, () => false);
}

/**
 * `precision-gate layers`: how far each layer of each variant is from FP32, and what it adds by itself. Judges nothing.
 * @returns the exit code.
 */
async function layers(options, { terminal, loadGate }) {
    const config = await loadConfig(options.config, options);
    const { compareModelLayers } = await loadGate();
    const { samples, variant, limit, dump, layer } = options;
    const report = await compareModelLayers(samples === undefined || config.layers === undefined
        ? config
        : { ...config, layers: { ...config.layers, samples } }, {
        ...gateOptions(options, resolve$1(options.output), terminal),
        ...(variant !== undefined && { variant }),
        ...(limit !== undefined && { limit }),
        ...(dump !== undefined && { dump: { folder: resolve$1(dump), layer } })
    });
    const { layers, comparisons, failed, dumped } = report;
    const text = dump !== undefined
        ? dumped.map((file) => printable(join(dump, file))).join('\n')
        : options.json === true
            ? JSON.stringify({ layers, layerComparison: comparisons }, null, 2)
            : layerReport(layers, comparisons, { width: terminal.out.width, worst: options.worst });
    terminal.out.stream.write(`${text}\n`);
    for (const { name, error } of failed)
        terminal.err.stream.write(`${printable(`error: ${name}: ${error}`)}\n`);
    const incomplete = failed.length > 0 || Object.values(comparisons).some(({ error }) => error !== undefined);
    return incomplete ? ExitCode.runtime : ExitCode.pass;
}

/**
 * What the surroundings say about a run, so that a later run that takes it for a baseline can name it. PRECISION_GATE_*
 * serves every CI system and wins over what GitHub's runner sets.
 */
function runFactsOf(env) {
    const commit = first(env.PRECISION_GATE_COMMIT, env.GITHUB_SHA);
    const ref = first(env.PRECISION_GATE_REF, env.GITHUB_HEAD_REF, env.GITHUB_REF_NAME);
    const url = first(env.PRECISION_GATE_RUN_URL, githubRun(env));
    return {
        ...(commit !== undefined && { commit }),
        ...(ref !== undefined && { ref }),
        ...(url !== undefined && { url })
    };
}
function githubRun({ GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID }) {
    if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY || !GITHUB_RUN_ID)
        return undefined;
    return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
/** Runners set what they do not know to the empty text. */
function first(...values) {
    return values.find((value) => value !== undefined && value !== '');
}

/** Lines of a child that are kept for a message. */
const KEPT = 8;
/**
 * Runs this program again with other arguments and waits for its end. What it says on the standard error is handed on line by
 * line; its standard output is nobody's.
 * @param signal ends it, with a grace of its own.
 */
function runAgain(program, args, { signal, say }) {
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [program, ...args], {
            stdio: ['ignore', 'ignore', 'pipe'],
            env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
            windowsHide: true
        });
        const stop = () => void child.kill('SIGTERM');
        signal.addEventListener('abort', stop, { once: true });
        const lastLines = [];
        createInterface({ input: child.stderr }).on('line', (line) => {
            lastLines.push(line);
            if (lastLines.length > KEPT)
                lastLines.shift();
            say(line);
        });
        child.on('error', reject);
        child.on('close', (code, ended) => {
            signal.removeEventListener('abort', stop);
            resolve({ code, signal: ended, lastLines });
        });
    });
}

/** For tests of this machinery where there are no GPUs; what it measures is right all the same. */
const ALLOW_CPU = 'PRECISION_GATE_SPLIT_CPU';
/**
 * Evaluates the test set on several devices: a process for each, with a shard of its own, and then their merge. Calibration is
 * done once, before them. Where one fails, the others go on and what they found is kept.
 *
 * @throws RuntimeError with the message of the process that failed.
 */
async function runSplit(config, gate, options, { terminal, loadGate }) {
    const { mergeShards, providerOfDevices, quantizeModel } = await loadGate();
    const { devices = [] } = config.runtime;
    const provider = await providerOfDevices(config, gate, process.env[ALLOW_CPU] === '1');
    const root = join(gate.outputDirectory, 'shards');
    await rm(root, { recursive: true, force: true });
    const cacheDirectory = gate.noCache === true ? join(root, 'tables') : gate.cacheDirectory;
    const once = { ...gate, provider, noCache: false, ...(cacheDirectory !== undefined && { cacheDirectory }) };
    const isCalibrated = [...config.variants.values()].some(({ kind }) => kind === 'int8');
    const quantized = isCalibrated ? await quantizeModel(config, once) : undefined;
    const parts = devices.map((device, i) => ({ index: i + 1, device, folder: join(root, String(i + 1)) }));
    gate.log.info(`${parts.length} processes on ${provider}, devices ${devices.join(', ')}`);
    const argumentsOf = ({ index, device, folder }) => [
        ...['run', '-c', options.config, '-o', folder, '--shard', `${index}/${parts.length}`],
        // Only tests of this machinery come here with the CPU, which has no other device.
        ...['--device', String(provider === 'cpu' ? 0 : device), '--provider', provider, '-r', 'json'],
        ...argument('--workspace', options.workspace),
        ...argument('--precision', options.precision?.join(',')),
        ...argument('--limit', options.limit),
        ...argument('--cache-dir', cacheDirectory),
        ...argument('--runtime-path', options.runtimePath),
        ...argument('--tool-cache', options.toolCache),
        ...(options.quiet === true ? ['--quiet'] : []),
        ...((options.debug ?? debugRequested()) ? ['--debug'] : [])
    ];
    const ends = await Promise.all(parts.map(async (part) => {
        const say = (line) => void terminal.err.stream.write(printable(`device ${part.device}: ${line}`) + '\n');
        const end = await runAgain(terminal.program, argumentsOf(part), { signal: terminal.signal, say });
        if (end.code !== ExitCode.pass && !terminal.signal.aborted) {
            gate.log.warn(`device ${part.device} failed; what the others find is kept`);
        }
        return { part, end };
    }));
    terminal.signal.throwIfAborted();
    const failed = ends.filter(({ end }) => end.code !== ExitCode.pass);
    if (failed.length > 0)
        throw failure(failed[0], failed.length, parts, root);
    const result = await mergeShards(parts.map(({ folder }) => folder), {
        outputDirectory: gate.outputDirectory,
        ...(options.baseline !== undefined && { baseline: options.baseline }),
        ...(gate.run !== undefined && { run: gate.run }),
        log: gate.log
    });
    await rm(root, { recursive: true, force: true });
    return quantized === undefined ? result : withOrigins(result, quantized);
}
/** The shards took their tables from a cache that this run has filled. */
function withOrigins(result, { variants: quantized, origins }) {
    const variants = Object.entries(result.variants).map(([name, variant]) => {
        const calibration = quantized.find((one) => one.name === name)?.calibration;
        const made = calibration !== undefined && variant.calibration?.key === calibration.key;
        return [name, made ? { ...variant, calibration } : variant];
    });
    const diagnosis = result.diagnosis.map((found) => origins.find(({ check, variant }) => check === found.check && variant === found.variant) ?? found);
    return { ...result, variants: Object.fromEntries(variants), diagnosis };
}
function failure({ part, end }, count, parts, root) {
    const start = end.lastLines.findLastIndex((line) => line.startsWith('error: '));
    const said = start === -1 ? undefined : end.lastLines.slice(start).join('; ').slice('error: '.length);
    const how = end.signal === null
        ? `ended with exit code ${end.code}`
        : `was killed by ${end.signal}: a crash of native code, or no memory left`;
    const others = count > 1 ? ` (and ${count - 1} more)` : '';
    const shard = `${part.index}/${parts.length}`;
    return new RuntimeError(`device ${part.device}${others} failed: ${said ?? how}`, count < parts.length
        ? `the shards that are finished lie in ${resolve$1(root)}: repeat the one that failed with --shard ${shard} --device ${part.device} -o ${join(root, String(part.index))}, and merge all of them`
        : undefined);
}
function argument(name, value) {
    return value === undefined ? [] : [name, String(value)];
}

const PLAIN = { color: false, width: 120 };
/**
 * Renders a result and puts it where it was asked for.
 * @param folder where a reporter's own file goes.
 */
async function writeReport({ name, file }, result, { folder, out, links }) {
    const { format, fileName } = reporters[name];
    const target = file ?? (fileName === undefined ? '-' : join(folder, fileName));
    const more = links === undefined ? {} : { links };
    if (target !== '-')
        return writeFileAtomic(target, format(result, { ...PLAIN, ...more }));
    out.stream.write(format(result, { color: out.color, width: out.width, ...more }));
}

/** The config with the devices of the command line. A shard runs on one of them. */
function onDevices(config, { device, shard }) {
    const { devices: configured, ...runtime } = config.runtime;
    const devices = device ?? configured ?? [runtime.device];
    if (shard !== undefined && devices.length > 1) {
        throw new ConfigurationError([{ message: `--shard evaluates a part on one device, and there are ${devices.length} (${devices.join(', ')})` }], 'name one of them with --device');
    }
    return { ...config, runtime: { ...runtime, ...buildDevices(devices) } };
}
/** result.json, and what was asked for. */
async function writeReports(result, { output, reporter = [{ name: 'terminal' }] }, out) {
    await writeFileAtomic(join(output, REPORT_FILE.result), reporters.json.format(result));
    for (const request of reporter)
        await writeReport(request, result, { folder: output, out });
}
/**
 * `precision-gate run`: judges every variant and writes the reports.
 * @returns the exit code; 0 for a shard, which is not judged.
 */
async function run(options, { terminal, loadGate, loadRuntimeModule }) {
    if (options.shard !== undefined && options.baseline !== undefined) {
        throw new ConfigurationError([{ message: '--baseline cannot go with --shard: a shard is not judged' }], 'give --baseline to precision-gate merge');
    }
    const timed = withLatency(await loadConfig(options.config, options), options);
    const loaded = selectPrecisions(timed, options.precision);
    const config = onDevices(loaded.config, options);
    const { runGate } = await loadGate();
    const gate = {
        ...gateOptions(options, resolve$1(options.output), terminal),
        ...(options.limit !== undefined && { limit: options.limit }),
        ...(options.shard !== undefined && { shard: options.shard }),
        ...(options.baseline !== undefined && { baseline: options.baseline }),
        run: runFactsOf(process.env)
    };
    for (const note of loaded.notes)
        gate.log.info(note);
    const result = config.runtime.devices === undefined
        ? await runGate(config, gate)
        : await runSplit(config, gate, options, { terminal, loadGate});
    await writeReports(result, options, terminal.out);
    if (result.shard !== undefined) {
        gate.log.info(result.reasons[0]);
        return ExitCode.pass;
    }
    if (result.conclusion === 'inconclusive' && config.onInconclusive === 'warn') {
        gate.log.warn('inconclusive, and on_inconclusive is warn: passed. docs/thresholds.md says how many images settle it');
    }
    return exitCodeOf(result, config.onInconclusive);
}
/** `--latency` measures as `latency: true` would; what the config says of batch sizes and rounds holds. */
function withLatency(config, { latency }) {
    return latency === true && config.latency === undefined ? { ...config, latency: DEFAULT_LATENCY } : config;
}

/**
 * `precision-gate merge DIR…`: judges all shards of a test set, and writes the reports as `run` does.
 * @returns the exit code, as that of `run`.
 */
async function merge(folders, options, { terminal, loadGate }) {
    const { mergeShards } = await loadGate();
    const { output, baseline, quiet } = options;
    const { log } = createConsole(terminal.err, {
        quiet,
        debug: options.debug ?? debugRequested(),
        signal: terminal.signal
    });
    const result = await mergeShards(folders, {
        outputDirectory: output,
        ...(baseline !== undefined && { baseline }),
        run: runFactsOf(process.env),
        log
    });
    await writeReports(result, options, terminal.out);
    return exitCodeOf(result, result.onInconclusive ?? 'warn');
}

/**
 * `precision-gate quantize`: writes the models and calibration tables of a config, and judges nothing.
 * @returns the exit code.
 */
async function quantize(options, { terminal, loadGate }) {
    const config = await loadConfig(options.config, options);
    const { quantizeModel } = await loadGate();
    const { variants, failed } = await quantizeModel(config, {
        ...gateOptions(options, resolve$1(options.output), terminal),
        ...(options.variant !== undefined && { variant: options.variant })
    });
    for (const { name, model, warnings } of variants) {
        terminal.out.stream.write(`${printable(`${name}: ${relative(process.cwd(), model)}`)}\n`);
        for (const warning of warnings)
            terminal.err.stream.write(`${printable(`warning: ${name}: ${warning}`)}\n`);
    }
    for (const { name, error } of failed)
        terminal.err.stream.write(`${printable(`error: ${name}: ${error}`)}\n`);
    return failed.length === 0 ? ExitCode.pass : ExitCode.runtime;
}

function precisionOption() {
    return new Option('--precision <names>', 'judge only variants of these precisions: fp16, int8, model; repeatable, or a list with commas').argParser(parsePrecisions);
}
/** `fp16` or `fp16, int8`; repeated options add up. */
function parsePrecisions(value, previous = []) {
    const names = value.split(',').map((name) => name.trim().toLowerCase());
    const chosen = names.map((name) => {
        const precision = PRECISIONS.find((known) => known === name);
        if (precision !== undefined)
            return precision;
        throw new InvalidArgumentError(name === REFERENCE_VARIANT
            ? 'fp32 is measured in any case: name what is compared with it.'
            : `There is no precision ${JSON.stringify(name)}${didYouMean(name, [...PRECISIONS])}; there are ${PRECISIONS.join(', ')}.`);
    });
    return [...new Set([...previous, ...chosen])];
}

/**
 * `precision-gate report RESULT`: the reports of a finished run, without a model or a runtime.
 * @param file a result.json, or the report folder that holds one.
 * @returns the exit code: 0 whatever the verdict, which was that of the run.
 */
async function report(file, { output, reporter, baseline, ...links }, { terminal: { out } }) {
    const run = await openBaseline(file);
    const compared = baseline === undefined ? {} : { baseline: await besideBaseline(baseline, run) };
    const folder = output ?? ((await stat(file)).isDirectory() ? file : dirname(file));
    for (const request of reporter ?? [{ name: 'terminal' }]) {
        await writeReport(request, { ...run.result, ...compared }, { folder, out, links });
    }
    return ExitCode.pass;
}
async function besideBaseline(baseline, run) {
    return compareWithBaseline(await openBaseline(baseline), run.result, run.samples).comparison;
}

const NAMES = Object.keys(reporters);
/** `NAME` or `NAME=FILE`; repeated options add up. */
function parseReporter(value, previous = []) {
    const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(value) ?? [];
    if (!isReporterName(name)) {
        throw new InvalidArgumentError(`There is no reporter ${JSON.stringify(name)}${didYouMean(name, NAMES)}; there are ${NAMES.join(', ')}.`);
    }
    if (file === '')
        throw new InvalidArgumentError(`Name a file behind ${name}=, or - for the standard output.`);
    return [...previous, { name, ...(file !== undefined && { file }) }];
}
function isReporterName(name) {
    return NAMES.includes(name);
}

/**
 * `precision-gate setup-runtime`: installs ONNX Runtime and the image decoder into the tool cache, without npm.
 * @returns the exit code.
 */
async function setupRuntime(options, { terminal }) {
    const setUp = await setUpRuntime({ ...options, ...consoleOf(options, terminal), signal: terminal.signal });
    terminal.out.stream.write(`${describe(setUp).map(printable).join('\n')}\n`);
    return ExitCode.pass;
}
/** What `--download` asks for: fetches the native parts that a command would not find. */
async function provideNativeParts(options, terminal) {
    if (options.download !== true)
        return;
    await provideRuntime({ ...options, ...consoleOf(options, terminal), signal: terminal.signal });
}
function consoleOf({ quiet, debug }, terminal) {
    return createConsole(terminal.err, { quiet, debug: debug ?? debugRequested(), signal: terminal.signal });
}
function describe({ toolCache, onnxruntime, sharp, libraries }) {
    const parts = [onnxruntime, sharp].map(({ name, version, folder, installed, bytes }) => `${name} ${version}, ${(bytes / 1e6).toFixed(1)} MB, ${installed ? 'installed' : 'was there'}: ${folder}`);
    const added = libraries.map(({ name, sha256, verified }) => `${name}, sha256 ${sha256}${verified ? '' : ' (not verified: no SHA256SUMS file beside it)'}`);
    return [
        ...parts,
        ...added,
        '',
        'To use it, one of:',
        `  PRECISION_GATE_TOOL_CACHE=${toolCache}  (or RUNNER_TOOL_CACHE) in the environment`,
        `  precision-gate run --tool-cache ${toolCache}`,
        `  precision-gate run --runtime-path ${onnxruntime.folder}  for this version of ONNX Runtime and no other`
    ];
}

/**
 * `precision-gate table convert IN OUT`: ranges of activations from one tool's file into another's.
 * @returns the exit code.
 */
async function convertTable(input, output, { from, to, trtHeader }, { terminal }) {
    const format = to ?? formatOfName(output);
    if (format === undefined) {
        throw new ConfigurationError([{ message: `${output} does not say which format is wanted` }], `name one with --to: ${TABLE_FORMATS.join(', ')}`);
    }
    const table = await readRangeFile(input, { workspace: dirname(resolve$1(input)) }, from);
    const header = trtHeader ?? table.header;
    await writeFileAtomic(output, writeRanges({ ...table, ...(header !== undefined && { header }) }, output, format));
    const { out, err } = terminal;
    out.stream.write(printable(`${table.ranges.size} ranges: ${input} (${table.format}) -> ${output} (${format})`) + '\n');
    for (const warning of lossesOf(table.ranges, format))
        err.stream.write(`warning: ${printable(warning)}\n`);
    return ExitCode.pass;
}
/** What the file cannot say that the table did. */
function lossesOf(ranges, format) {
    const names = [...ranges.keys()];
    const warnings = [];
    if (isSymmetricFormat(format)) {
        const asymmetric = [...ranges].filter(([, { min, max }]) => min !== -max).length;
        if (asymmetric > 0) {
            warnings.push(`${format} holds symmetric ranges: ${asymmetric} of ${ranges.size} were widened to max(|min|, |max|)`);
        }
    }
    if (format === 'tensorrt') {
        const colons = names.filter((name) => name.includes(':')).length;
        if (colons > 0) {
            warnings.push(`${colons} names hold a colon: TensorRT reads them, ONNX Runtime's reader of this format ends a name at the first one`);
        }
    }
    return warnings;
}

/**
 * The command line as commander sees it. Options are typed by their commands; commander's own values are `unknown` to them.
 * @param done gets the exit code of the command that ran.
 */
function createProgram(context, done) {
    const { out, err } = context.terminal;
    const program = new Command('precision-gate')
        .description('May this network run in reduced precision? Compares an ONNX vision model in FP32 with FP16 and INT8')
        .version(TOOL.version, '-V, --version', 'print the version')
        .exitOverride()
        .showHelpAfterError('(--help lists the options)')
        .configureOutput({
        writeOut: (text) => void out.stream.write(text),
        writeErr: (text) => void err.stream.write(text),
        getOutHelpWidth: () => out.width,
        getErrHelpWidth: () => err.width,
        getOutHasColors: () => out.color,
        getErrHasColors: () => err.color
    })
        .addHelpText('after', EXIT_CODES);
    const action = (command) => async (...args) => {
        const given = args.slice(0, -1);
        done(await command(...given, context));
    };
    /** A command that opens models: it may want native parts fetched first, and looks for them where the user says. */
    const native = (command) => action(async (...args) => {
        const options = args.at(-2);
        setSources({ runtimePath: options.runtimePath, toolCache: options.toolCache });
        await provideNativeParts(options, context.terminal);
        return command(...args);
    });
    program
        .command('run')
        .description('judge every variant; the exit code says whether the limits hold')
        .addOption(option.config())
        .addOption(option.output())
        .addOption(option.provider())
        .addOption(precisionOption())
        .addOption(option.limit())
        .option('--latency', 'also measure how long each variant takes, as with latency: true')
        .addOption(option.shard())
        .addOption(option.device())
        .addOption(option.baseline())
        .addOption(reporterOption())
        .addOption(option.noCache())
        .addOption(option.cacheDir())
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.workspace())
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('run', RUN_EXAMPLES))
        .action(native(run));
    program
        .command('check')
        .description('validate the config and its files; run nothing')
        .addOption(option.config())
        .addOption(option.provider())
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.workspace())
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('check', ['', '-c models/resnet/precision-gate.yml']))
        .action(native(check));
    program
        .command('init')
        .description('write a commented starter config for a model')
        .argument('<model>', 'the FP32 model in ONNX format')
        .option('-o, --output <file>', 'the config to write', DEFAULT_CONFIG)
        .option('--data <path>', 'the test set: a folder per class, a .csv manifest, or a .npy file; images without labels are compared with FP32')
        .option('-f, --force', 'overwrite an existing config')
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.debug())
        .addHelpText('after', examples('init', ['model.onnx', 'models/net.onnx --data data -o .github/precision-gate.yml']))
        .action(native(init));
    program
        .command('quantize')
        .description('write the FP16 and INT8 models and the calibration tables; judge nothing')
        .addOption(option.config())
        .addOption(option.output())
        .option('--variant <name>', 'only this variant of the config')
        .addOption(option.provider())
        .addOption(option.noCache())
        .addOption(option.cacheDir())
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.workspace())
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('quantize', ['', '--variant int8 -o build/models']))
        .action(native(quantize));
    program
        .command('layers')
        .description('compare every layer with FP32 and name the suspects; judge nothing')
        .addOption(option.config())
        .addOption(option.output())
        .option('--variant <name>', 'only this variant of the config')
        .addOption(new Option('--samples <n>', "compare on this many, in place of the config's").argParser(positiveInteger))
        .addOption(new Option('--worst <n>', 'only the n most suspicious layers').argParser(positiveInteger))
        .option('--json', 'print the figures as JSON')
        .option('--dump <folder>', 'write the outputs of layers for one image as .npy, in both precisions, and compare nothing')
        .option('--layer <glob>', 'with --dump: only these, by name or operator type', '*')
        .addOption(option.provider())
        .addOption(option.noCache())
        .addOption(option.cacheDir())
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.workspace())
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('layers', ['', '--variant int8 --worst 10', '--samples 128 --json', "--dump tensors --layer '/head/**'"]))
        .action(native(layers));
    program
        .command('merge')
        .description('judge a test set whose parts ran apart (run --shard); runs no model')
        .argument('<folders...>', 'the report folder of every shard')
        .addOption(option.output())
        .addOption(option.baseline())
        .addOption(reporterOption())
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('merge', ['shards/*', 'shard-1 shard-2 -o report -r terminal -r markdown']))
        .action(action(merge));
    program
        .command('compare')
        .description('what changed from one finished run to another')
        .argument('<before>', 'the earlier run: its report folder, or its result.json')
        .argument('<after>', 'the later run')
        .option('--json', 'print the comparison as JSON')
        .addOption(option.debug())
        .addHelpText('after', examples('compare', ['main/result.json precision-gate-report', 'a b --json']))
        .action(action(compare));
    program
        .command('report')
        .description('write the reports of a finished run; runs no model')
        .argument('<result>', 'a result.json, or the report folder that holds one')
        .addOption(reporterOption())
        .option('-o, --output <folder>', 'where files go (default: beside the result)')
        .addOption(option.baseline())
        .option('--report-id <id>', 'name in the title and the marker of a comment')
        .option('--run-url <url>', 'web page of the run, for links')
        .option('--sha <commit>', 'the commit that was judged, for links')
        .addOption(option.debug())
        .addHelpText('after', examples('report', ['precision-gate-report -r comment=-', 'result.json -r junit -r github']))
        .action(action(report));
    program
        .command('doctor')
        .description('what works on this machine, and in which precision: runs small models on every provider')
        .option('--device <n>', 'index of the GPU', Number, 0)
        .option('--json', 'print it as JSON, such as for an issue')
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.download())
        .addOption(option.debug())
        .addHelpText('after', examples('doctor', ['', '--json', '--runtime-path /opt/onnxruntime']))
        .action(native(doctor));
    const table = program.command('table').description("ranges of activations in other tools' files");
    table
        .command('convert')
        .description('from one format into another; the input tells its own')
        .argument('<input>', "TensorRT's cache, ONNX Runtime's tables, a CSV file, a calibration table of this program, or a Q/DQ model (.onnx)")
        .argument('<output>', 'the file to write')
        .addOption(new Option('--from <format>', 'of the input, where its content does not tell').choices(SOURCE_FORMATS))
        .addOption(new Option('--to <format>', 'of the output (default: by its extension: .cache, .flatbuffers, .csv, .json)').choices(TABLE_FORMATS))
        .option('--trt-header <line>', "first line of TensorRT's cache: version and algorithm")
        .addOption(option.debug())
        .addHelpText('after', examples('table convert', [
        'calibration.int8.json trt.cache',
        'trt.cache ranges.csv',
        'model.qat.onnx trt.cache',
        'calib.cache out.cache --to onnxruntime-text'
    ]))
        .action(action(convertTable));
    program
        .command('cache-key')
        .description('print a key for the calibration tables of a config, to keep them in a cache of the CI system')
        .addOption(option.config())
        .addOption(precisionOption())
        .addOption(option.runtimePath())
        .addOption(option.toolCache())
        .addOption(option.workspace())
        .addOption(option.debug())
        .addHelpText('after', examples('cache-key', ['', '-c models/resnet/precision-gate.yml']))
        .action(native(cacheKey));
    program
        .command('setup-runtime')
        .description('install ONNX Runtime and the image decoder into the tool cache, without npm')
        .addOption(option.toolCache())
        .option('--registry <url>', "the npm registry or mirror (default: npm_config_registry, then npm's public one)")
        .option('--runtime-version <version>', 'of onnxruntime-node; 1.26.0 for TensorRT')
        .option('--cuda-libraries <folder>', "ONNX Runtime's CUDA and TensorRT provider libraries, to copy beside it")
        .option('--offline <folder>', 'take the packages from a folder that npm pack has filled; download nothing')
        .addOption(option.quiet())
        .addOption(option.debug())
        .addHelpText('after', examples('setup-runtime', ['', '--tool-cache /opt/tools', '--offline packages']))
        .action(action(setupRuntime));
    return program;
}
function reporterOption() {
    return new Option('-r, --reporter <name[=file]>', 'terminal, json, markdown, comment, github or junit; repeatable; "=-" prints it (default: terminal)').argParser(parseReporter);
}
const RUN_EXAMPLES = [
    '',
    '-c models/resnet/precision-gate.yml -o report',
    '--limit 500 --provider cpu',
    '--shard 1/4 -o shard-1',
    '-r terminal -r markdown -r junit=build/precision.xml'
];
function examples(command, lines) {
    return `\nExamples:\n${lines.map((line) => `  $ precision-gate ${command} ${line}`.trimEnd()).join('\n')}`;
}
const EXIT_CODES = `
Exit codes:
  0  passed
  1  a limit is broken
  2  the config or the usage is wrong
  3  the runtime or a file failed
  4  inconclusive, and the config says on_inconclusive: fail
  130, 143  interrupted

Examples:
  $ precision-gate init model.onnx --data data/test
  $ precision-gate run`;

/**
 * Parses the arguments, runs the command and maps whatever happens to an exit code.
 * @param args without the program's own name.
 */
async function main(args, context) {
    let exitCode = 0;
    try {
        await createProgram(context, (code) => (exitCode = code)).parseAsync(args, { from: 'user' });
        return exitCode;
    }
    catch (error) {
        const debug = args.includes('--debug') || debugRequested();
        return reportFailure(error, context.terminal, debug);
    }
}

const LOG_WIDTH = 120;
function describeOutput(stream, env) {
    const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
    return { stream, isTerminal, color: wantsColor(isTerminal, env), width: stream.columns ?? LOG_WIDTH };
}
/** https://no-color.org; FORCE_COLOR wins over it, as in Node.js. */
function wantsColor(isTerminal, env) {
    const force = env.FORCE_COLOR;
    if (force !== undefined)
        return force !== '0' && force !== 'false';
    if (env.NO_COLOR !== undefined && env.NO_COLOR !== '')
        return false;
    return isTerminal;
}

const interruption = handleInterrupts((message) => process.stderr.write(`\n${message}\n`));
const terminal = {
    program: process.argv[1],
    out: describeOutput(process.stdout, process.env),
    err: describeOutput(process.stderr, process.env),
    signal: interruption.signal
};
// Node.js would end with 1 here, which means "a limit is broken".
process.on('uncaughtException', (error) => {
    process.exit(interruption.exitCode() ?? reportFailure(error, terminal, process.argv.includes('--debug')));
});
// `precision-gate run | head` closes the pipe: the verdict is in the exit code all the same.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE')
        throw error;
});
const exitCode = await main(process.argv.slice(2), {
    terminal,
    loadGate: () => import('./gate.js').then(function (n) { return n.g; }),
    loadRuntimeModule: () => import('./index4.js')
});
process.exitCode = interruption.exitCode() ?? exitCode;
