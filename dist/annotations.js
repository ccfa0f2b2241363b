import { f as everyVariant, F as isReference, G as referenceOf, g as describeRun, d as REFERENCE_VARIANT, H as SUSPECT, y as compareWithBaseline, R as REPORT_FILE } from './suggest.js';
import 'node:zlib';
import 'node:fs';
import 'node:fs/promises';
import 'node:path';
import 'node:util';

/** One line for a runner of GitHub Actions, its end included: `::name key=value,key=value::message`. Empty values are left out. */
function formatCommand(name, message, properties = {}) {
    const list = Object.entries(properties)
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([key, value]) => `${key}=${escapeProperty(String(value))}`)
        .join(',');
    return `::${name}${list === '' ? '' : ` ${list}`}::${escapeData(message)}\n`;
}
/** As the runner unescapes it (ActionCommand.cs). */
function escapeData(text) {
    return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
function escapeProperty(text) {
    return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Stands for "no value" in every report. */
const NONE = '–';
/** Control, format (such as direction marks), surrogate, private and unassigned code points, and line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/**
 * Names come from models and files that nobody has vetted: what could move the cursor, start a line, reverse the
 * reading direction or be no character at all is written out as an escape.
 */
function visible(text) {
    return text.replace(UNPRINTABLE, (character) => {
        if (character === '\n')
            return '\\n';
        const code = character.codePointAt(0);
        return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
    });
}
/** A metric in 0..1 as a percentage, so that drops in points can be read off. */
function percent(value) {
    return value === null || value === undefined ? NONE : `${(100 * value).toFixed(2)} %`;
}
function points(value) {
    // -0.00 would be a gain that is none
    const text = value.toFixed(2);
    return text === '-0.00' ? '0.00' : text;
}
function pValue(value) {
    return value < 0.0001 ? '< 0.0001' : value.toFixed(4);
}
function count(value) {
    return value.toLocaleString('en-US');
}
function plural(value, noun) {
    return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
function bytes(value) {
    if (value < 1e3)
        return `${value} B`;
    if (value < 1e6)
        return `${(value / 1e3).toFixed(1)} kB`;
    return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}
/** A limit with its direction and unit. */
function limitOf(verdict) {
    const { unit, limit, tolerance, subject, against } = verdict;
    if (subject === 'outputs')
        return 'all finite';
    if (isLayerLimit(verdict))
        return layerLimitOf(verdict);
    if (unit === 'times')
        return `≥ ${trim(limit)}x FP32`;
    if (unit === 'points')
        return `≤ ${trim(limit)} points${against === 'baseline' ? ' since baseline' : ''}`;
    if (unit === 'relative')
        return `≤ ${trim(100 * limit)} % of FP32`;
    return tolerance === undefined
        ? `≥ ${percent(limit)}`
        : `${(100 * limit).toFixed(2)} ± ${(100 * tolerance).toFixed(2)} %`;
}
function layerLimitOf({ unit, limit, against }) {
    switch (unit) {
        case 'ratio':
            return `≤ ${trim(100 * limit)} % deviating`;
        case 'dB':
            return against === 'baseline' ? `≤ ${trim(limit)} dB since baseline` : `≥ ${trim(limit)} dB`;
        case 'cosine':
            return `cosine ≥ ${trim(limit)}`;
        case 'layers':
            return `all ${plural(limit, 'layer')}`;
        default:
            return `error ≤ ${trim(limit)}`;
    }
}
/** What was observed of the worst layer, in the limit's unit. */
function layerValueOf({ unit, observed, layers, limit }) {
    if (unit === 'layers')
        return observed === null ? NONE : `${count(observed)} of ${count(limit)}`;
    const worst = layers?.worst;
    if (worst === undefined)
        return NONE;
    if (observed === null)
        return 'not finite';
    switch (unit) {
        case 'ratio':
            return `${(100 * observed).toFixed(2)} %`;
        case 'dB':
            return `${observed.toFixed(1)} dB`;
        default:
            return String(Number(observed.toPrecision(5)));
    }
}
/** Whether a limit is one on layers. */
function isLayerLimit({ unit }) {
    return unit === 'dB' || unit === 'cosine' || unit === 'ratio' || unit === 'absolute' || unit === 'layers';
}
/** At least two digits, and no more than the config gave. */
function trim(value) {
    const short = value.toFixed(2);
    return Math.abs(Number(short) - value) < 1e-12 ? short : String(Number(value.toPrecision(6)));
}

/** A detector has nine figures and more: those that nothing limits are left to result.json after the first ones. */
const UNLIMITED_METRICS = 3;
/** FP32 first, then the variants in the config's order; every verdict is in exactly one row. */
function rowsOf(result) {
    const byVariant = new Map();
    for (const verdict of result.verdicts) {
        const known = byVariant.get(verdict.variant);
        if (known === undefined)
            byVariant.set(verdict.variant, [verdict]);
        else
            known.push(verdict);
    }
    const all = everyVariant(result);
    return variantNames(result).flatMap((name) => {
        const verdicts = byVariant.get(name) ?? [];
        const variant = own(all, name);
        const metrics = Object.keys(variant?.metrics ?? {}).slice(0, UNLIMITED_METRICS);
        const subjects = new Set([...metrics, ...verdicts.map(({ subject }) => subject)]);
        return [...subjects].flatMap((subject) => {
            const limits = verdicts.filter((verdict) => verdict.subject === subject);
            return (limits.length > 0 ? limits : [undefined]).map((limit) => rowOf(result, name, subject, limit));
        });
    });
}
/** Variants in the order of the report, those included that only a verdict names. */
function variantNames(result) {
    const variants = everyVariant(result);
    const names = new Set([...Object.keys(variants), ...result.verdicts.map(({ variant }) => variant)]);
    const rank = (name) => Number(!Object.hasOwn(result.variants, name) && name.includes('@'));
    return [...names].sort((a, b) => rank(a) - rank(b) || Number(isReference(b)) - Number(isReference(a)));
}
function rowOf(result, name, metric, verdict) {
    const variants = everyVariant(result);
    const variant = own(variants, name);
    const before = baselineOf(result, name, metric);
    const againstBaseline = verdict?.against === 'baseline';
    return {
        variant: name,
        metric,
        fp32: percent(own(own(variants, referenceOf(name))?.metrics, metric)),
        value: verdict === undefined ? valueOf(name, metric, variant) : observedOf(verdict, valueOf(name, metric, variant)),
        drop: againstBaseline ? intervalOf(before?.regression) : intervalOf(own(variant?.drop, metric)),
        ...(before !== undefined && { change: changeOf(variant, metric, before, verdict) }),
        limit: verdict === undefined ? NONE : limitOf(verdict),
        status: verdict?.status,
        verdict
    };
}
/** The baseline's figures of a metric, where they may stand beside this run's. */
function baselineOf({ baseline }, variant, metric) {
    const before = baseline?.comparable === true ? own(baseline.variants, variant) : undefined;
    return before?.reason === undefined ? own(before?.metrics, metric) : undefined;
}
function observedOf(verdict, value) {
    if (isLayerLimit(verdict))
        return layerValueOf(verdict);
    if (verdict.unit !== 'times')
        return value;
    return verdict.observed === null ? NONE : `${verdict.observed.toFixed(2)}x`;
}
function changeOf(variant, metric, before, verdict) {
    const now = own(variant?.drop, metric)?.points;
    const isDrop = verdict === undefined || (verdict.unit !== 'fraction' && verdict.against !== 'baseline');
    if (isDrop && now !== undefined && now !== null && before.dropPoints !== null) {
        return `${points(before.dropPoints)} → ${points(now)}`;
    }
    const value = own(variant?.metrics, metric);
    if (value === undefined || value === null || before.value === null)
        return NONE;
    return `${(100 * before.value).toFixed(2)} → ${percent(value)}`;
}
function valueOf(name, metric, variant) {
    if (metric === 'outputs')
        return `${count(variant?.nonFinite ?? 0)} not finite`;
    return isReference(name) ? NONE : percent(own(variant?.metrics, metric));
}
/** A loss in points with its interval. */
function intervalOf(loss) {
    if (loss === undefined || loss.points === null)
        return NONE;
    const interval = loss.ci95 === null ? '' : ` [${points(loss.ci95[0])}, ${points(loss.ci95[1])}]`;
    return `${points(loss.points)}${interval}`;
}
/** A variant called `constructor` must not find what every object inherits. */
function own(record, key) {
    return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Metrics that have a value in one of the two: a data set without large objects has no `map_large`. */
function baselineRows({ baseline, variants }) {
    const rows = Object.entries(baseline?.variants ?? {}).flatMap(([variant, { metrics }]) => Object.entries(metrics).map(([metric, { value, dropPoints, regression }]) => {
        const drop = own(own(variants, variant)?.drop, metric)?.points ?? null;
        return {
            variant,
            metric,
            then: percent(value),
            now: percent(own(own(variants, variant)?.metrics, metric)),
            lost: intervalOf(regression),
            p: regression === undefined || regression.pValue === null ? NONE : pValue(regression.pValue),
            drop: dropPoints === null || drop === null ? NONE : `${points(dropPoints)} → ${points(drop)}`
        };
    }));
    return rows.filter(({ then, now }) => then !== NONE || now !== NONE);
}
/** Why something is not compared, and what else is to be known. Unescaped. */
function baselineRemarks({ baseline }) {
    if (baseline === undefined)
        return [];
    return [
        ...baseline.reasons.map((reason) => `not compared: ${reason}`),
        ...Object.entries(baseline.variants).flatMap(([variant, { reason }]) => reason === undefined ? [] : [`${variant} is not compared: ${reason}`]),
        ...baseline.notes
    ];
}

/**
 * A name in monospace. Written as HTML with numeric entities, because no backslash rule covers a table cell: GitHub
 * splits cells before it reads code spans, and `\\|` ends the cell. Mentions and issue references stay dead in <code>.
 */
function code(name) {
    const text = visible(name)
        .replace(/[^\p{L}\p{N} -]/gu, entity)
        // addresses of mail are looked for after entities are read, and in <code> too
        .replaceAll(AT, `${AT}${BREAK}`);
    return `<code>${text}</code>`;
}
/**
 * A sentence that may quote names: nothing in it becomes markup, a mention, an issue reference, a link, an emoji or a
 * formula. Entities alone do not stop what GitHub looks for after rendering; a zero-width space does, and for formulas
 * the <span> that its documentation recommends.
 */
function prose(sentence) {
    return visible(sentence)
        .replace(/[&<>|`*_~[\]{}\\!^]/g, entity)
        .replace(/\$/g, '<span>&#36;</span>')
        .replace(/:(?! |$)/g, `&#58;${BREAK}`)
        .replaceAll('@', `${AT}${BREAK}`)
        .replace(/(?<!&)#/g, `&#35;${BREAK}`)
        .replace(/(www|\bgh)([.-])/gi, `$1${BREAK}$2`)
        .replace(/^(?=\s*([-+=]|\d+[.)](\s|$)))/, BREAK)
        .replace(/^ /, '&#32;');
}
const AT = '&#64;';
/** A zero-width space. */
const BREAK = '&#8203;';
function entity(character) {
    return `&#${character.codePointAt(0)};`;
}

/** Pieces of GitHub's Markdown. What goes in is already escaped. */
const RULE = { left: '---', right: '---:', center: ':---:' };
/** Empty where there is no row. */
function table(columns, rows) {
    if (rows.length === 0)
        return '';
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [
        line(columns.map(({ title }) => title)),
        line(columns.map(({ align }) => RULE[align ?? 'left'])),
        ...rows.map(line)
    ].join('\n');
}
function list(items) {
    return items.map((item) => `- ${item}`).join('\n');
}
/** Blank lines inside the block: without them GitHub shows the Markdown as it is written. */
function details(summary, content) {
    return content === '' ? '' : `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
/** Nothing in a fence can be escaped, so it is longer than any row of backticks in it. */
function fence(language, lines) {
    const longest = Math.max(0, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((ticks) => ticks.length));
    const mark = '`'.repeat(Math.max(3, longest + 1));
    return [mark + language, ...lines, mark].join('\n');
}
function paragraphs(parts) {
    return parts.filter((part) => part !== '').join('\n\n');
}
/** A figure that is not broken at its spaces, with a true minus sign. */
function figure(text) {
    return text.replaceAll(' ', '\u00a0').replace(/-(?=\d)/g, '\u2212');
}
/** At most `length` characters of a text, counted as people count them, with an ellipsis where some are missing. */
function clip(text, length) {
    if (text.length <= length)
        return text;
    const characters = Array.from(text);
    return characters.length <= length ? text : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`;
}
/**
 * The whole lines at the start of a text that fit, with what they open closed again: a fence or a `<details>` left open
 * would swallow the rest of the page.
 *
 * @param fits whether a text is short enough.
 * @returns empty where not even one line fits.
 */
function cutToLines(text, fits) {
    const lines = text.split('\n');
    let [low, high] = [0, lines.length];
    const cut = (count) => closed(lines.slice(0, count));
    while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (fits(cut(middle)))
            low = middle;
        else
            high = middle - 1;
    }
    return low === 0 ? '' : cut(low);
}
function closed(lines) {
    const fences = lines.filter((line) => line.startsWith('```')).length;
    const count = (tag) => lines.filter((line) => line.startsWith(tag)).length;
    const open = count('<details') - count('</details>');
    return [
        ...lines,
        ...(fences % 2 === 1 ? ['```'] : []),
        ...Array(Math.max(0, open)).fill('\n</details>')
    ].join('\n');
}

/** One line outside every fold where a baseline is there and cannot be compared: its absence would look like a pass. */
function baselineNotice({ result: { baseline }, detail }) {
    if (baseline === undefined || baseline.comparable)
        return '';
    const reasons = baseline.reasons.map((reason) => prose(clip(reason, detail.text))).join('; ');
    return `ℹ️ The baseline (${nameOf(baseline)}) is not compared: ${reasons}.`;
}
/** What was lost since the baseline, with the statistics behind it. */
function baselineDetails({ result, detail }) {
    const { baseline } = result;
    if (baseline === undefined || !detail.facts)
        return '';
    const rows = baselineRows(result).map(({ variant, metric, then, now, lost, p }) => [
        code(clip(variant, detail.name)),
        code(clip(metric, detail.name)),
        ...[then, now, lost, prose(p)].map(figure)
    ]);
    const remarks = baselineRemarks(result).map((remark) => prose(clip(remark, detail.text)));
    return details(`Baseline: ${nameOf(baseline)}`, paragraphs([table(COLUMNS$4, rows.slice(0, Math.max(20, detail.passing))), list(remarks)]));
}
const COLUMNS$4 = [
    { title: 'variant' },
    { title: 'metric' },
    { title: 'baseline', align: 'right' },
    { title: 'now', align: 'right' },
    { title: 'points lost since [95 % interval]', align: 'right' },
    { title: 'p', align: 'right' }
];
function nameOf({ run, path }) {
    return prose(clip(describeRun(run, path), 200));
}

/** More bars or points than this cannot be told apart at the width of a comment. */
const MOST_BARS = 24;
const MOST_POINTS = 40;
const BLOCKS = 24;
const LABEL = 24;
/** Mermaid's own bars are too pale to be seen; a viewer that refuses the directive draws those. */
const LOOK = '%%{init: {"xyChart": {"height": 320}, "themeVariables": {"xyChart": {"plotColorPalette": "#4493f8, #cf222e"}}}}%%';
/** What every variant loses, drawn by Mermaid and, for mail and enterprise servers without it, in characters. */
function dropChart({ result, detail }) {
    if (!detail.charts)
        return '';
    const bars = barsOf(result);
    if (bars.length === 0)
        return '';
    return details('Chart: points lost', paragraphs([mermaid(bars), fence('text', textBars(bars))]));
}
/** SQNR through the network, one chart for each variant with layers. */
function layerCharts({ result, detail }) {
    if (!detail.charts || detail.layers === 0)
        return '';
    const charts = Object.entries(result.layers ?? {}).flatMap(([variant, layers]) => {
        const points = sqnrPoints(layers);
        if (points.length < 2)
            return [];
        const lines = [
            LOOK,
            'xychart-beta',
            `  title "${label(variant)}: SQNR by layer, first to last"`,
            `  x-axis "layer" 1 --> ${layers.length}`,
            `  y-axis "dB" 0 --> ${number(Math.max(1, ...points))}`,
            `  line [${points.map(number).join(', ')}]`
        ];
        return [fence('mermaid', lines)];
    });
    return details('Chart: SQNR through the network', paragraphs(charts));
}
/**
 * The largest losses among those with a limit, or among all where none has one; a gain is drawn as no loss, because
 * Mermaid has no bars below zero.
 */
function barsOf(result) {
    const losses = Object.entries(result.variants).flatMap(([name, { drop }]) => Object.entries(drop).flatMap(([metric, { points }]) => {
        if (name === REFERENCE_VARIANT || points === null)
            return [];
        const limit = limitOn(result, name, metric);
        const before = baselineOf(result, name, metric)?.dropPoints ?? undefined;
        return [{ name, metric, points: Math.max(0, points), limit, before }];
    }));
    const limited = losses.filter(({ limit }) => limit !== undefined);
    const candidates = limited.length > 0 ? limited : losses;
    const several = new Set(candidates.map(({ metric }) => metric)).size > 1;
    const largest = new Set([...candidates].sort((a, b) => b.points - a.points).slice(0, MOST_BARS));
    return candidates
        .filter((loss) => largest.has(loss))
        .map(({ name, metric, ...bar }) => ({ ...bar, label: label(several ? `${name} ${metric}` : name) }));
}
/** The tightest limit on a drop, in points. */
function limitOn({ verdicts }, name, metric) {
    const limits = verdicts.filter(({ variant, subject, unit, against }) => variant === name && subject === metric && unit === 'points' && against !== 'baseline');
    return limits.length === 0 ? undefined : Math.min(...limits.map(({ limit }) => limit));
}
function mermaid(bars) {
    const limits = bars.map(({ limit }) => limit);
    const top = Math.max(0.1, ...bars.flatMap(({ points, limit }) => [points, limit ?? 0]));
    return fence('mermaid', [
        LOOK,
        'xychart-beta',
        '  title "Points lost against FP32 (line: limit)"',
        `  x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
        `  y-axis "points" 0 --> ${number(1.05 * top)}`,
        `  bar [${bars.map(({ points }) => number(points)).join(', ')}]`,
        ...(limits.every((limit) => limit !== undefined) ? [`  line [${limits.map(number).join(', ')}]`] : [])
    ]);
}
function textBars(bars) {
    const top = Math.max(0.1, ...bars.flatMap(({ points, limit }) => [points, limit ?? 0]));
    const width = Math.max(...bars.map(({ label }) => Array.from(label).length));
    const shares = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    return bars.map(({ label, points, limit, before }) => {
        const eighths = Math.round((8 * BLOCKS * points) / top);
        const bar = '█'.repeat(Math.floor(eighths / 8)) + shares[eighths % 8];
        const bound = limit === undefined ? '' : `  limit ${limit.toFixed(2)}`;
        const earlier = before === undefined ? '' : `  baseline ${before.toFixed(2)}`;
        return `${pad(label, width)}  ${pad(bar, BLOCKS)}  ${points.toFixed(2)}${bound}${earlier}`;
    });
}
/** The smallest value of each of at most `MOST_POINTS` stretches: an average would hide the one bad layer. */
function sqnrPoints(layers) {
    const finite = layers.map(({ sqnrDb }) => sqnrDb).filter((value) => value !== null);
    const top = Math.max(0, ...finite);
    const values = layers.map(({ sqnrDb, maxAbs }) => Math.max(0, sqnrDb ?? (maxAbs === 0 ? top : 0)));
    const stretches = Math.min(MOST_POINTS, values.length);
    return Array.from({ length: stretches }, (_, index) => Math.min(...values.slice(Math.floor((index * values.length) / stretches), Math.floor(((index + 1) * values.length) / stretches))));
}
function pad(text, width) {
    return text + ' '.repeat(Math.max(0, width - Array.from(text).length));
}
/** Nothing in a fence or a Mermaid string can be escaped, so all but letters, digits and a few marks is replaced. */
function label(name) {
    return clip(name.replace(/[^\p{L}\p{N} ./_+-]/gu, '?'), LABEL);
}
function number(value) {
    return String(Number(value.toFixed(3)));
}

/** What `changed` and `flips` count. */
const CHANGED$1 = { classification: 'answers', detection: 'boxes', segmentation: 'pixels' };
const FLIPPED = { ...CHANGED$1, detection: 'objects' };
/** What is known of a variant besides its metrics, as short phrases. Unescaped. */
function factsOf(variant, task = 'classification') {
    const { flips, changed, drop, executed, nonFinite, sizeBytes, latencyMs } = variant;
    const [[metric, { pValue: test }] = ['', { pValue: null }]] = Object.entries(drop);
    return [
        ...(flips === undefined
            ? []
            : [
                `flips: ${count(flips.broken)} ${FLIPPED[task]} broken, ${count(flips.repaired)} repaired${test === null ? '' : ` (${testOf(metric)} p ${pValue(test)})`}`
            ]),
        ...(changed === undefined ? [] : [`${count(changed)} ${CHANGED$1[task]} changed against FP32`]),
        executed === undefined
            ? 'layers: not profiled'
            : `layers: ${['int8', 'fp16', 'fp32', 'simulated'].map((kind) => `${count(executed[kind])} ${kind}`).join(', ')}`,
        ...elsewhereFact(variant),
        ...(nonFinite > 0 ? [`${plural(nonFinite, 'sample')} with NaN or infinite outputs`] : []),
        bytes(sizeBytes),
        ...(latencyMs === undefined ? [] : [`${latencyMs.toPrecision(3)} ms per sample`])
    ];
}
/** Nodes that another provider than that of the run executed: each costs two copies, and is computed as that one does. */
function elsewhereFact({ placement }) {
    if (placement === undefined || placement.elsewhere.length === 0)
        return [];
    const counts = Object.entries(placement.nodes).map(([provider, nodes]) => `${count(nodes)} on ${provider}`);
    const [first, ...more] = placement.elsewhere;
    return [`nodes: ${counts.join(', ')} (${first}${more.length === 0 ? '' : ', …'})`];
}
/** Shares of samples have an exact test, other metrics the bootstrap's. */
function testOf(metric) {
    return metric === 'top1' ? 'McNemar' : `bootstrap ${metric}`;
}
function calibrationFact(calibration) {
    const { method, samples, source, reason, computedAt, table, key } = calibration;
    if (source === 'imported')
        return `ranges: ${importedFact(calibration)}; table ${table}, key ${key.slice(0, 12)}`;
    const dated = computedAt === undefined ? '' : ` of ${day(computedAt)}`;
    const origin = { computed: 'computed', cache: `from the cache${dated}` }[source];
    const why = reason === undefined ? '' : ` (${reason})`;
    return `calibration: ${method} on ${plural(samples, 'image')}, ${origin}${why}; table ${table}, key ${key.slice(0, 12)}`;
}
/** Where imported ranges come from, and on how many images those that the file lacks were calibrated. */
function importedFact({ method, samples }) {
    return `imported from ${method}${samples === 0 ? '' : `, the missing ones calibrated on ${plural(samples, 'image')}`}`;
}
/** `2026-11-20 14:03 UTC`. */
function day(iso) {
    return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
function environmentFact(environment) {
    const { onnxruntime, provider, threads, cpu, cpuCores, vnni, x64QuantPrecision, gpu, driver, node, os } = environment;
    const libraries = Object.entries(environment.libraries ?? {}).map(([name, version]) => `${name} ${version}`);
    return [
        `ONNX Runtime ${onnxruntime} on ${provider}, ${threads === 0 ? 'default threads' : plural(threads, 'thread')}`,
        `${cpu}, ${plural(cpuCores, 'core')}, ${vnni ? 'VNNI' : 'no VNNI'}${x64QuantPrecision ? ', x64quantprecision=1' : ''}`,
        ...(gpu === undefined ? [] : [`${gpu}${driver === undefined ? '' : `, driver ${driver}`}`]),
        ...(libraries.length === 0 ? [] : [libraries.join(', ')]),
        `Node ${node}, ${os}`
    ].join('; ');
}
/** Model, data set and preprocessing, as label and text. */
function subjectFacts({ model, dataset, preprocessing }) {
    return [
        [
            'model',
            `${model.path}, opset ${model.opset}, ${plural(model.parameters, 'parameter')}, sha256 ${model.sha256.slice(0, 12)}`
        ],
        ['data set', `${dataset.path}, ${plural(dataset.samples, 'sample')}, sha256 ${dataset.sha256.slice(0, 12)}`],
        ['preprocessing', `hash ${preprocessing.hash.slice(0, 12)}`]
    ];
}
/** Seconds in all, and of the stages that took any. */
function timingFact(timings) {
    const stages = Object.entries(timings);
    const total = stages.reduce((sum, [, seconds]) => sum + seconds, 0);
    const took = stages.filter(([, seconds]) => seconds >= 0.05);
    return took.length === 0
        ? `${total.toFixed(1)} s`
        : `${total.toFixed(1)} s: ${took.map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)} s`).join(', ')}`;
}

/** How each variant ran, as a table. */
function variantFacts({ result, detail }) {
    if (!detail.facts)
        return '';
    const rows = Object.entries(everyVariant(result)).map(([name, variant]) => cells$1(name, variant, result, detail.name));
    return details('Changed answers, speed and size', paragraphs([
        table([COLUMNS$3[0], ...changeColumns(result), ...COLUMNS$3.slice(1)], rows),
        rows.length > 1 ? legendOf(result) : ''
    ]));
}
/** What changed sides is a sample, an object or a pixel. */
function legendOf({ task = 'classification', comparedWith }) {
    if (comparedWith === 'fp32')
        return `<sub>changed: ${CHANGED[task]}.</sub>`;
    switch (task) {
        case 'classification':
            return '<sub>broken: right in FP32 and wrong here; repaired: the reverse; p: exact McNemar test of no difference.</sub>';
        case 'detection':
            return '<sub>broken: objects that FP32 alone finds; repaired: the reverse; p: bootstrap test of no difference in the first metric.</sub>';
        case 'segmentation':
            return '<sub>broken: pixels right in FP32 and wrong here; repaired: the reverse; p: bootstrap test of no difference in the first metric.</sub>';
    }
}
const CHANGED = {
    classification: "images with another answer than FP32's",
    detection: 'boxes that FP32 or the variant has alone',
    segmentation: "pixels of another class than FP32's"
};
/** Between the variant's name and how it ran. */
function changeColumns({ comparedWith }) {
    const titles = comparedWith === 'fp32' ? ['changed'] : ['broken', 'repaired', 'p'];
    return titles.map((title) => ({ title, align: 'right' }));
}
function changes({ flips, changed, drop }, comparedWith) {
    if (comparedWith === 'fp32')
        return [changed === undefined ? NONE : count(changed)];
    const test = Object.values(drop)[0]?.pValue ?? null;
    return [
        flips === undefined ? NONE : count(flips.broken),
        flips === undefined ? NONE : count(flips.repaired),
        test === null ? NONE : figure(prose(pValue(test)))
    ];
}
const COLUMNS$3 = [
    { title: 'variant' },
    { title: 'layers ran in' },
    { title: 'size', align: 'right' },
    { title: 'time per sample', align: 'right' }
];
function cells$1(name, variant, { comparedWith }, length) {
    const { sizeBytes, latencyMs, error } = variant;
    return [
        code(clip(name, length)),
        ...changes(variant, comparedWith),
        error === undefined ? figure(executedText(variant)) : 'did not run',
        error === undefined ? figure(bytes(sizeBytes)) : NONE,
        latencyMs === undefined ? NONE : figure(`${latencyMs.toPrecision(3)} ms`)
    ];
}
function executedText({ executed }) {
    if (executed === undefined)
        return 'not profiled';
    const kinds = ['int8', 'fp16', 'fp32', 'simulated'].filter((kind) => executed[kind] > 0);
    return kinds.length === 0 ? NONE : kinds.map((kind) => `${count(executed[kind])} ${kind}`).join(', ');
}
/** Where the figures come from: calibration, model, data, machine. */
function provenance(view) {
    const { result, detail } = view;
    if (!detail.facts)
        return '';
    const calibrations = Object.entries(result.variants).flatMap(([name, { calibration }]) => calibration === undefined
        ? []
        : [`calibration of ${code(clip(name, detail.name))}: ${calibrationText(calibration, view)}`]);
    const files = Object.entries(result.variants).flatMap(([name, { model }]) => model === undefined || name === REFERENCE_VARIANT
        ? []
        : [`file of ${code(clip(name, detail.name))}: ${code(clip(model, detail.text))}`]);
    const facts = subjectFacts(result).map(([label, text]) => `${label}: ${prose(clip(text, detail.text))}`);
    return details('Calibration, model, data and machine', list([
        ...calibrations,
        ...files,
        ...facts,
        `environment: ${prose(clip(environmentFact(result.environment), detail.text))}`,
        ...Object.values(result.providers ?? {}).map(({ environment }) => `environment: ${prose(clip(environmentFact(environment), detail.text))}`),
        `time: ${prose(clip(timingFact(result.timings), detail.text))}`
    ]));
}
function calibrationText(calibration, { detail }) {
    const { method, samples, source, reason, computedAt, table, key } = calibration;
    const name = (text) => code(clip(text, detail.name));
    const file = `${name(table)}, key ${code(key.slice(0, 16))}`;
    if (source === 'imported')
        return `ranges ${prose(clip(importedFact(calibration), detail.text))}; ${file}`;
    const origin = {
        cache: `♻️ table from the cache (hit${computedAt === undefined ? '' : `, of ${prose(day(computedAt))}`})`,
        computed: `table computed (${reason === undefined ? 'no cache' : `miss: ${prose(clip(reason, detail.text))}`})`
    }[source];
    return `${prose(clip(method, detail.name))} on ${plural(samples, 'image')}; ${origin}; ${file}`;
}

const STATUS = {
    fail: '❌ fail',
    inconclusive: '🟡 open',
    warn: '⚠️ warn',
    pass: '✅ pass'
};
const ORDER = ['fail', 'inconclusive', 'warn', 'pass'];
/** Every limit beside what was measured, those that do not hold first. */
function verdictTable(view) {
    const { result, detail } = view;
    const all = rowsOf(result);
    const rows = ORDER.flatMap((status) => all.filter((row) => row.status === status));
    const broken = rows.filter(({ status }) => status !== 'pass');
    const passing = rows.filter(({ status }) => status === 'pass');
    const shown = [...broken.slice(0, detail.failing), ...passing.slice(0, detail.passing)];
    const withBaseline = shown.some(({ change }) => change !== undefined && change !== NONE);
    return paragraphs([
        table([{ title: 'status' }, ...COLUMNS$2, { title: 'limit', align: 'right' }, ...(withBaseline ? [BASELINE] : [])], shown.map((row) => [
            statusOf(row),
            ...figures$1(row, view),
            boundOf(row.verdict, view),
            ...(withBaseline ? [figure(row.change ?? NONE)] : [])
        ])),
        missing(broken.length - detail.failing, 'limit that does not hold is', 'limits that do not hold are'),
        missing(passing.length - detail.passing, 'limit that holds is', 'limits that hold are')
    ]);
}
function missing(rows, one, many) {
    return rows > 0 ? `<sub>${count(rows)} ${rows === 1 ? one : many} left out here.</sub>` : '';
}
/** Metrics that no limit is set on; FP32's own stand in the FP32 column. */
function otherMetrics(view) {
    const { result, detail } = view;
    const rows = rowsOf(result).filter(({ variant, status }) => status === undefined && !isReference(variant));
    const shown = rows.slice(0, detail.passing);
    const withBaseline = shown.some(({ change }) => change !== undefined && change !== NONE);
    const cells = shown.map((row) => [...figures$1(row, view), ...(withBaseline ? [figure(row.change ?? NONE)] : [])]);
    return details('Metrics without a limit', table([...COLUMNS$2, ...(withBaseline ? [BASELINE] : [])], cells));
}
const COLUMNS$2 = [
    { title: 'variant' },
    { title: 'metric' },
    { title: 'FP32', align: 'right' },
    { title: 'value', align: 'right' },
    { title: `points lost ${figure('[95 %]')}`, align: 'right' }
];
const BASELINE = { title: 'baseline → now', align: 'right' };
function figures$1({ variant, metric, fp32, value, drop, status, verdict }, { detail }) {
    const since = verdict?.against === 'baseline' ? ` ${figure('since baseline')}` : '';
    const loss = figure(drop).split('\u00a0');
    const emphasis = (status === 'fail' || status === 'inconclusive') && loss.length > 1;
    return [
        code(clip(variant, detail.name)),
        `${code(clip(metric, detail.name))}${since}`,
        figure(fp32),
        metric === 'outputs' ? value : figure(value),
        [emphasis ? `**${loss[0]}**` : loss[0], ...loss.slice(1)].join('\u00a0')
    ];
}
function statusOf({ status }) {
    return status === undefined ? '' : figure(STATUS[status]);
}
/** The limit, in the unit of the column before it where it can be, with a link to the line that sets it. */
function boundOf(verdict, { addresses, detail }) {
    if (verdict === undefined)
        return NONE;
    // broken where it must be, so that the table is not wider than a comment
    const bound = figure(limitOf(verdict).replace(/ points.*$/, '')).replace(/\u00a0(?=±|of)/, ' ');
    const line = verdict.configPosition?.line;
    const linked = line !== undefined && addresses.configLine !== undefined && detail.facts;
    return linked ? `[${bound}](${addresses.configLine(line)})` : bound;
}

const ICON$1 = { pass: '✅', warn: '⚠️', fail: '❌', skipped: '➖' };
/** What the table cannot say: why something was not judged, what did not run, how an open limit would be settled. */
function explanations(view) {
    const { result, detail } = view;
    const failed = Object.entries(everyVariant(result)).flatMap(([name, { error }]) => error === undefined ? [] : [`💥 ${code(clip(name, detail.name))} did not run: ${prose(clip(error, detail.text))}`]);
    const noticed = result.baseline?.comparable === false;
    const verdicts = result.verdicts.filter((verdict) => needsWords(verdict) && !(noticed && lacksBaseline(verdict)));
    const items = grouped(verdicts.slice(0, detail.failing)).map(([status, words, variants]) => {
        const names = variants.map((variant) => code(clip(variant, detail.name))).join(', ');
        return `${STATUS[status].split(' ')[0]} ${names}: ${prose(clip(words, detail.text))}`;
    });
    // a conclusion without a verdict behind it has its reasons alone
    const told = failed.length + result.verdicts.filter(({ status }) => status !== 'pass').length > 0;
    const reasons = told || result.conclusion === 'success' ? [] : result.reasons;
    return list([
        ...failed.slice(0, detail.failing),
        ...items,
        ...reasons.map((reason) => prose(clip(reason, detail.text)))
    ]);
}
/** One notice says it of all of them. */
function lacksBaseline({ observed, against }) {
    return observed === null && against === 'baseline';
}
/** What is to be said of several variants is said once. */
function grouped(verdicts) {
    const groups = new Map();
    for (const verdict of verdicts) {
        const words = wordsFor(verdict);
        const key = `${verdict.status} ${words}`;
        const variants = groups.get(key)?.[2] ?? [];
        groups.set(key, [verdict.status, words, [...new Set([...variants, verdict.variant])]]);
    }
    return [...groups.values()];
}
/** Figures that stand in the table are not repeated. */
function wordsFor({ status, subject, observed, message, samplesNeeded }) {
    if (status !== 'inconclusive' || observed === null || samplesNeeded === undefined)
        return message;
    const samples = samplesNeeded.toLocaleString('en-US');
    return `the interval of ${subject} spans its limit; about ${samples} samples would settle it at these rates`;
}
function needsWords(verdict) {
    const { status, observed, subject, tolerance, unit } = verdict;
    if (status === 'pass' || subject === 'outputs')
        return false;
    // the table has no place for the name of the layer
    if (isLayerLimit(verdict) || unit === 'times')
        return true;
    return status === 'inconclusive' || observed === null || tolerance !== undefined;
}
/** The diagnosis: what was found and what would repair it. */
function whatToDo({ result, detail }) {
    const found = result.diagnosis.filter(({ status }) => status === 'fail' || status === 'warn');
    const items = found.slice(0, detail.hints).map(({ check, status, variant, evidence, action }) => {
        const subject = variant === undefined ? '' : ` in ${code(clip(variant, detail.name))}`;
        const advice = action === '' ? '' : `<br>→ ${prose(clip(action, detail.text))}`;
        return `${ICON$1[status]} **${prose(clip(check.trim() || NONE, detail.name))}**${subject}: ${prose(clip(evidence, detail.text))}${advice}`;
    });
    return items.length === 0 ? '' : paragraphs(['#### What to do', list(items)]);
}
function warnings({ result, detail }) {
    const items = Object.entries(everyVariant(result)).flatMap(([name, variant]) => [...variant.warnings, ...elsewhereFact(variant)].map((warning) => `${code(clip(name, detail.name))}: ${prose(clip(warning, detail.text))}`));
    return details(`⚠️ ${items.length} ${items.length === 1 ? 'warning' : 'warnings'}`, list(items));
}
/** Checks of the diagnosis that found nothing, in a fold of their own. */
function clearedChecks({ result, detail }) {
    const cleared = result.diagnosis.filter(({ status }) => status === 'pass' || status === 'skipped');
    const items = cleared.map(({ check, status, variant, evidence }) => {
        const subject = variant === undefined ? '' : ` in ${code(clip(variant, detail.name))}`;
        return `${ICON$1[status]} ${prose(clip(check.trim() || NONE, detail.name))}${subject}: ${prose(clip(evidence, detail.text))}`;
    });
    const passed = cleared.filter(({ status }) => status === 'pass').length;
    const title = passed === 0 ? 'Checks that were skipped' : `${passed} ${passed === 1 ? 'check' : 'checks'} found nothing`;
    return details(title, list(items));
}

const DEFAULT_REPORT_ID = 'default';
const SHA = /^[0-9a-f]{7,64}$/i;
/** @returns only what is known: a report without links is a report all the same. */
function addressesOf(result, { runUrl, serverUrl }, sha) {
    const run = address(runUrl ?? result.run?.url);
    const repository = run === undefined ? undefined : repositoryOf(run, serverUrl);
    if (repository === undefined || sha === undefined)
        return { ...(run !== undefined && { run }) };
    const { config } = result;
    return {
        ...(run !== undefined && { run }),
        commit: `${repository}/commit/${sha}`,
        ...(config !== undefined &&
            isPlainPath(config.path) && {
            configLine: (line) => `${repository}/blob/${sha}/${config.path.split('/').map(encode).join('/')}#L${line}`
        })
    };
}
function commitOf(result, { sha }) {
    const commit = sha ?? result.run?.commit;
    return commit !== undefined && SHA.test(commit) ? commit.toLowerCase() : undefined;
}
/** `SERVER/OWNER/NAME` of `SERVER/OWNER/NAME/actions/runs/1`; a server may live below a path of its own. */
function repositoryOf(run, serverUrl) {
    const match = /^(https?:\/\/[^?#]+?)\/actions\/runs\/\d+/.exec(run);
    if (match === null)
        return undefined;
    const server = address(serverUrl)?.replace(/\/+$/, '');
    return server === undefined || match[1].startsWith(`${server}/`) ? match[1] : undefined;
}
/** A result may come from a stranger: an address that is no web page is dropped, and nothing in it ends a link. */
function address(text) {
    if (text === undefined || text.length > 2000 || !URL.canParse(text))
        return undefined;
    const { protocol, username, password, href } = new URL(text);
    if ((protocol !== 'https:' && protocol !== 'http:') || username !== '' || password !== '')
        return undefined;
    return href.replace(/[()<>[\]\\|`"'*_~@]/g, percentEncode);
}
function isPlainPath(path) {
    return path.length < 500 && !path.startsWith('/') && path.split('/').every((part) => part !== '' && part !== '..');
}
/** A lone surrogate has no encoding. */
function encode(part) {
    return encodeURIComponent(part.replace(/\p{Cs}/gu, '?')).replace(/[()'*!~_]/g, percentEncode);
}
function percentEncode(character) {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const ICON = { success: '✅', failure: '❌', inconclusive: '🟡', error: '💥' };
/** The verdict and the one number that matters: the worst broken limit, or the one that was closest to breaking. */
function headline(view) {
    const { result, reportId, detail } = view;
    return `${ICON[result.conclusion]} ${gateName(reportId, detail.name)}: ${sentence(view)}`;
}
/** Which of several gates it is. */
function gateName(reportId, length) {
    const only = reportId === '' || reportId === DEFAULT_REPORT_ID;
    return only ? 'Precision gate' : `Precision gate ${code(clip(reportId, length))}`;
}
function sentence({ result, detail }) {
    const say = (verdict) => figures(verdict, result, detail.name);
    const of = (status) => result.verdicts.filter((verdict) => verdict.status === status);
    switch (result.conclusion) {
        case 'error':
            return `did not finish. ${prose(clip(result.reasons[0] ?? 'No reason is given', detail.text))}`;
        case 'failure': {
            const [worst, ...more] = byExcess(of('fail'));
            if (worst === undefined)
                return 'a limit is broken';
            return `${say(worst)}${others(more.length)}`;
        }
        case 'inconclusive':
            return `inconclusive, ${openQuestion(of('inconclusive'), result, say)}`;
        case 'success': {
            const [closest] = byExcess(result.verdicts.filter(({ variant, observed }) => !isReference(variant) && observed !== null));
            return closest === undefined ? 'passed' : `passed, ${say(closest)}`;
        }
    }
}
/** How many samples it would take is the number that matters, where that is what is missing. */
function openQuestion(open, { dataset }, say) {
    const needed = Math.max(0, ...open.map(({ samplesNeeded }) => samplesNeeded ?? 0));
    if (needed > dataset.samples)
        return `${count(dataset.samples)} samples are too few, about ${count(needed)} would decide`;
    const [worst, ...more] = byExcess(open);
    return worst === undefined ? 'nothing was judged' : `${say(worst)}${others(more.length)}`;
}
function others(count) {
    return count === 0 ? '' : ` (+${count} more)`;
}
/** What was observed against the limit, short enough for a headline. */
function figures(verdict, { dataset }, length) {
    const { variant, subject, observed, unit, limit, tolerance, against } = verdict;
    const [who, what] = [code(clip(variant, length)), code(clip(subject, length))];
    if (observed === null && against === 'baseline')
        return `${who} ${what} cannot be compared with the baseline`;
    if (verdict.layers !== undefined) {
        return `${who} ${what} has ${figure(layerValueOf(verdict))}, limit ${figure(limitOf(verdict))}`;
    }
    if (observed === null)
        return `${who} ${what} could not be judged`;
    if (subject === 'outputs') {
        return `${who} gives NaN or infinity for ${count(Math.round(observed * dataset.samples))} of ${count(dataset.samples)} samples`;
    }
    if (unit === 'times') {
        return `${who} has ${figure(`${observed.toFixed(2)}x`)} FP32's ${what}, limit ${figure(limitOf(verdict))}`;
    }
    if (unit === 'fraction') {
        const bound = tolerance === undefined ? `floor ${percent(limit)}` : `expected ${limitOf(verdict)}`;
        return `${who} reaches ${figure(percent(observed))} ${what}, ${figure(bound)}`;
    }
    const amount = unit === 'relative' ? `${points(Math.abs(100 * observed))} %` : `${points(Math.abs(observed))} points`;
    const bound = unit === 'relative' ? `${points(100 * limit)} %` : points(limit);
    const verb = observed < 0 ? 'gains' : 'loses';
    const since = against === 'baseline' ? ' since the baseline' : '';
    return `${who} ${verb} ${figure(amount)} of ${what}${since}, limit ${figure(bound)}`;
}
/**
 * How far beyond its limit, as a share of it, the worst first; what could not be measured is worse than any number.
 * Limits against FP32 come before those against the baseline: they say the same of one loss, and are the gate's purpose.
 */
function byExcess(verdicts) {
    const rank = ({ against }) => (against === 'baseline' ? 1 : 0);
    return [...verdicts].sort((a, b) => rank(a) - rank(b) || excess(b) - excess(a));
}
function excess(verdict) {
    const { observed, limit, unit, tolerance, subject } = verdict;
    // metrics say what is lost, layers why
    if (isLayerLimit(verdict))
        return 0;
    if (observed === null)
        return Number.MAX_VALUE;
    if (subject === 'outputs')
        return 1e9 * (1 + observed);
    if (tolerance !== undefined)
        return Math.abs(observed - limit) / Math.max(tolerance, 1e-9);
    if (unit === 'times')
        return limit / Math.max(observed, 1e-9);
    // of a floor, the share of the error that is too much
    if (unit === 'fraction')
        return (1 - observed) / Math.max(1 - limit, 1e-9);
    return observed / Math.max(limit, 1e-9);
}

/** Text on a terminal: plain strings in, lines out. Colour is added by `paint`, after widths are known. */
const COMBINING = /\p{M}/u;
/** Columns that a text takes; wide East Asian characters and emoji take two. */
function widthOf(text) {
    let width = 0;
    for (const character of text) {
        const code = character.codePointAt(0);
        width += code < 0x300 ? 1 : COMBINING.test(character) ? 0 : isWide(code) ? 2 : 1;
    }
    return width;
}
/** Lines of at most `width` columns, broken at spaces where there are any; all but the first are indented. */
function wrap(text, width, indent = '') {
    const body = text.trimStart();
    const words = body.split(' ').flatMap((word) => pieces(word, Math.max(8, width - indent.length)));
    const lines = [];
    let line = text.slice(0, text.length - body.length) + words[0];
    for (const word of words.slice(1)) {
        if (widthOf(line) + 1 + widthOf(word) <= width) {
            line += ` ${word}`;
        }
        else {
            lines.push(line.trimEnd());
            line = indent + word;
        }
    }
    return [...lines, line.trimEnd()];
}
/**
 * A table with its columns two apart, or one where it is tight; undefined where it is wider than the terminal.
 * @param paint colours a padded cell, given its row and column.
 */
function layoutTable(columns, rows, width, paint) {
    const widths = columns.map(({ title }, column) => rows.reduce((widest, row) => Math.max(widest, widthOf(row[column])), widthOf(title)));
    const total = widths.reduce((sum, cell) => sum + cell, 0);
    const gap = [2, 1].find((gap) => total + gap * columns.length <= width);
    if (gap === undefined)
        return undefined;
    const space = ' '.repeat(gap);
    const line = (cells, row) => cells
        .map((cell, column) => {
        const padding = ' '.repeat(widths[column] - widthOf(cell));
        return paint(columns[column].align === 'right' ? padding + cell : cell + padding, row, column);
    })
        .join(space)
        .trimEnd();
    return [columns.map(({ title }) => title), ...rows].map((cells, index) => space + line(cells, index - 1));
}
/** A word cut where it alone is wider than the terminal. */
function pieces(word, width) {
    if (2 * word.length <= width)
        return [word];
    const parts = [];
    let part = '';
    let used = 0;
    for (const character of word) {
        const more = widthOf(character);
        if (used + more > width) {
            parts.push(part);
            part = '';
            used = 0;
        }
        part += character;
        used += more;
    }
    return [...parts, part];
}
function isWide(code) {
    return ((code >= 0x1100 && code <= 0x115f) ||
        (code >= 0x2e80 && code <= 0xa4cf) ||
        (code >= 0xac00 && code <= 0xd7a3) ||
        (code >= 0xf900 && code <= 0xfaff) ||
        (code >= 0xfe30 && code <= 0xfe6f) ||
        (code >= 0xff00 && code <= 0xff60) ||
        (code >= 0xffe0 && code <= 0xffe6) ||
        (code >= 0x1f300 && code <= 0x1faff) ||
        (code >= 0x20000 && code <= 0x3fffd));
}

function latencyRows(result) {
    return Object.entries(everyVariant(result)).flatMap(([variant, { latency = [] }]) => latency.map((one) => ({ variant, cells: cellsOf(one), emulated: one.emulated })));
}
function cellsOf({ batch, medianMs, quartilesMs, samplesPerSecond, speedup }) {
    const rate = samplesPerSecond < 100 ? samplesPerSecond.toPrecision(3) : count(Math.round(samplesPerSecond));
    return [
        String(batch),
        `${ms(medianMs)} [${ms(quartilesMs[0])}, ${ms(quartilesMs[1])}]`,
        rate,
        speedup === undefined
            ? NONE
            : `${speedup.median.toFixed(2)}x [${speedup.quartiles.map((quartile) => quartile.toFixed(2)).join(', ')}]`
    ];
}
function ms(value) {
    return value < 1000 ? value.toPrecision(3) : value.toFixed(0);
}
const LATENCY_COLUMNS = [
    'batch',
    'ms a batch [quartiles]',
    'samples/s',
    "FP32's time / this [quartiles]"
];
const EMULATED = 'simulated: its speed says nothing';
/** The table on a terminal. Empty where speed was not measured. */
function latencyLines(result, width) {
    const rows = latencyRows(result);
    if (rows.length === 0)
        return [];
    const columns = [
        { title: 'variant', align: 'left' },
        ...LATENCY_COLUMNS.map((title) => ({ title, align: 'right' })),
        { title: '', align: 'left' }
    ];
    const cells = rows.map(({ variant, cells, emulated }) => [visible(variant), ...cells, emulated ? EMULATED : '']);
    const sentences = () => cells.flatMap(([variant, batch, time, rate, speedup, note]) => wrap(`  ${variant}, batch ${batch}: ${time} ms, ${rate} samples/s, ${speedup} ${note}`.trimEnd(), width, '    '));
    return layoutTable(columns, cells, width, (cell) => cell) ?? sentences();
}

/** How long the variants take. */
function latencyTable({ result, detail }) {
    const rows = latencyRows(result);
    if (!detail.facts || rows.length === 0)
        return '';
    const columns = [
        { title: 'variant' },
        ...LATENCY_COLUMNS.map((title) => ({ title: prose(title), align: 'right' }))
    ];
    const cells = rows.map(({ variant, cells, emulated }) => [
        `${code(clip(variant, detail.name))}${emulated ? ' ¹' : ''}`,
        ...cells.map(figure)
    ]);
    const note = rows.some(({ emulated }) => emulated) ? `<sub>¹ ${EMULATED}.</sub>` : '';
    return details('Latency', paragraphs([table(columns, cells), note]));
}

/**
 * The first suspect first: what a layer adds counts, not what it inherits. Where that is not known, layers with infinite or
 * undefined errors first, then by falling noise (rising SQNR); identical ones last.
 */
function worstFirst(layers) {
    return [...layers].sort((a, b) => rank(a) - rank(b) || noise(b) - noise(a) || b.deviationRatio - a.deviationRatio);
}
/** Every layer was looked at by itself, and none loses more than its precision explains. */
function areHealthy(layers) {
    return layers.every(({ introduced }) => introduced !== undefined && introduced.suspicion < SUSPECT);
}
/** The layer that lies furthest from FP32, healthy or not; undefined where all are identical to it. */
function lowestSqnr(layers) {
    return layers
        .flatMap((layer) => (layer.sqnrDb === null ? [] : [{ ...layer, sqnrDb: layer.sqnrDb }]))
        .reduce((lowest, layer) => (lowest === undefined || layer.sqnrDb < lowest.sqnrDb ? layer : lowest), undefined);
}
function rank({ introduced }) {
    return introduced?.rank ?? 0;
}
function noise({ sqnrDb, maxAbs }) {
    if (sqnrDb !== null)
        return -sqnrDb;
    return maxAbs === 0 ? -Number.MAX_VALUE : Number.MAX_VALUE;
}
/** SQNR of a layer with FP32 inputs. */
function aloneText({ sqnrDb, share, suspicion }) {
    if (sqnrDb !== null)
        return `${sqnrDb.toFixed(1)} dB`;
    return share === 0 || suspicion === 0 ? 'nothing' : 'not finite';
}

const COLUMNS$1 = [
    { title: 'layer', align: 'left' },
    { title: 'operator', align: 'left' },
    { title: 'Diff_num', align: 'right' },
    { title: 'total', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'SQNR', align: 'right' },
    { title: 'alone', align: 'right' },
    { title: 'cosine', align: 'right' },
    { title: 'max error', align: 'right' },
    { title: 'ran in', align: 'left' },
    { title: 'suspect', align: 'right' }
];
/** The command's whole output: for each variant the table of its layers and what it was measured with. */
function layerReport(layers, comparisons, options) {
    return Object.entries(comparisons)
        .flatMap(([variant, comparison]) => [
        ...wrap(`${visible(variant)}: ${comparisonFact(comparison)}`, options.width, '  '),
        ...(comparison.error === undefined ? tableOf(layers[variant] ?? [], options) : []),
        ''
    ])
        .join('\n');
}
/** How the layers were compared, and whether looking at them changed anything. */
function comparisonFact(comparison) {
    const { samples, isolatedSamples, threshold, floor, unmatched, stoppedAt = [], error } = comparison;
    if (error !== undefined)
        return `layers are not compared: ${visible(error)}`;
    const rule = floor === 0
        ? `off by more than ${100 * threshold} % of the FP32 value`
        : `off by more than ${100 * threshold} % of max(|FP32|, ${floor} rms)`;
    return [
        `${plural(samples, 'sample')}, ${count(isolatedSamples)} of them layer by layer`,
        `deviating: ${rule}`,
        `observer effect: ${observerFact(comparison.observer)}`,
        ...(stoppedAt.length > 0 ? [stopFact(stoppedAt)] : []),
        ...(unmatched.length > 0 ? [`no counterpart in FP32: ${unmatched.map(visible).join(', ')}`] : [])
    ].join('; ');
}
/** Behind suppression there are other boxes in another order: nothing to compare element by element. */
function stopFact(nodes) {
    const named = nodes.map(({ name, op }) => visible(name === '' ? op : `${op} ${name}`)).join(', ');
    return `stops before ${named}, which ${nodes.length === 1 ? 'selects' : 'select'} by value: lists have no common order`;
}
function observerFact(observer) {
    if (observer === undefined || observer.samples === 0)
        return 'not measured';
    const { different, values, maxAbs, maxOutput } = observer;
    if (different === 0)
        return 'none';
    const most = maxAbs === null ? 'not finite' : `up to ${maxAbs.toPrecision(2)} of ${maxOutput.toPrecision(3)}`;
    return `${count(different)} of ${count(values)} output values differ, ${most}`;
}
function tableOf(layers, { width, worst }) {
    const rank = ({ introduced }) => introduced?.rank ?? Infinity;
    const shown = worst === undefined ? layers : [...layers].sort((a, b) => rank(a) - rank(b)).slice(0, worst);
    const rows = shown.map((layer) => [
        visible(layer.name),
        visible([layer.op, ...(layer.fused ?? []).map(({ op }) => op)].join(' + ')),
        count(layer.relErrorCount),
        count(layer.elements),
        `${(100 * layer.deviationRatio).toFixed(4)} %`,
        decibels(layer.sqnrDb, layer.maxAbs === 0),
        layer.introduced === undefined ? NONE : aloneText(layer.introduced),
        layer.cosine === null ? NONE : layer.cosine.toFixed(5),
        layer.maxAbs === null ? 'not finite' : layer.maxAbs.toPrecision(3),
        layer.executed ?? NONE,
        layer.introduced === undefined ? NONE : `#${layer.introduced.rank}`
    ]);
    return (layoutTable(COLUMNS$1, rows, width, (cell) => cell) ??
        rows.flatMap((row) => wrap(`  ${COLUMNS$1.map(({ title }, i) => `${title} ${row[i]}`).join(', ')}`, width, '    ')));
}
function decibels(value, identical) {
    if (value !== null)
        return `${value.toFixed(1)} dB`;
    return identical ? 'identical' : 'not finite';
}

/** For each variant, the layers that lie furthest from FP32. */
function layerTables({ result, detail }) {
    const blocks = Object.entries(result.layers ?? {}).map(([variant, layers]) => {
        const shown = worstFirst(layers).slice(0, detail.layers);
        const title = titleOf(code(clip(variant, detail.name)), layers, detail.name);
        const part = shown.length < layers.length ? ` (${count(shown.length)} of ${count(layers.length)})` : '';
        return details(title + part, paragraphs([
            table(COLUMNS, shown.map((layer) => cells(layer, detail.name))),
            comparisonOf(result, variant, detail.text)
        ]));
    });
    const others = Object.entries(result.layerComparison ?? {})
        .filter(([variant]) => !Object.hasOwn(result.layers ?? {}, variant))
        .map(([variant]) => `${code(clip(variant, detail.name))}: ${comparisonOf(result, variant, detail.text)}`);
    return paragraphs([...blocks, ...others]);
}
function titleOf(variant, layers, length) {
    if (!areHealthy(layers))
        return `Layers of ${variant} to suspect first`;
    const lowest = lowestSqnr(layers);
    const worst = lowest === undefined
        ? 'all identical to FP32'
        : `lowest SQNR ${figure(`${lowest.sqnrDb.toFixed(1)} dB`)}, ${code(clip(lowest.name, length))}`;
    return `Layers of ${variant}: none suspected; ${worst}`;
}
function comparisonOf({ layerComparison = {} }, variant, length) {
    if (!Object.hasOwn(layerComparison, variant))
        return '';
    return `<sub>${prose(clip(comparisonFact(layerComparison[variant]), length))}</sub>`;
}
const COLUMNS = [
    { title: 'layer' },
    { title: 'operator' },
    { title: 'SQNR', align: 'right' },
    { title: 'by itself', align: 'right' },
    { title: 'cosine', align: 'right' },
    { title: 'deviating', align: 'right' },
    { title: 'largest error', align: 'right' },
    { title: 'ran in' }
];
function cells(layer, length) {
    const { name, op, sqnrDb, cosine, deviationRatio, maxAbs, executed, introduced } = layer;
    return [
        code(clip(name, length)),
        code(clip(op, length)),
        sqnrDb === null ? (maxAbs === 0 ? 'identical' : 'not finite') : figure(`${sqnrDb.toFixed(1)} dB`),
        introduced === undefined ? NONE : figure(aloneText(introduced)),
        cosine === null ? NONE : figure(cosine.toFixed(4)),
        figure(`${(100 * deviationRatio).toFixed(2)} %`),
        maxAbs === null ? 'not finite' : figure(maxAbs.toPrecision(3)),
        executed ?? NONE
    ];
}

/** One row for each variant and provider, in the task's first metric. */
function providerRows({ variants, providers = {} }) {
    return Object.entries(providers).flatMap(([provider, run]) => Object.entries(run.differences).map(([variant, { metrics, flips, outputs }]) => {
        const [metric = NONE] = Object.keys(metrics);
        return {
            variant,
            metric,
            provider,
            here: percent(own(own(variants, variant)?.metrics, metric)),
            there: percent(own(own(run.variants, variant)?.metrics, metric)),
            lost: intervalOf(own(metrics, metric)),
            flips: flips === undefined ? NONE : `${count(flips.broken)} / ${count(flips.repaired)}`,
            difference: outputs === undefined
                ? NONE
                : outputs.maxAbs === null
                    ? 'not finite'
                    : `${outputs.maxAbs.toPrecision(2)} of ${outputs.largest.toPrecision(3)}`
        };
    }));
}
const PROVIDER_LEGEND = 'changed: answers that only the first provider gets right / only the other one; outputs: largest difference of a value, and the largest value';

/** The same variants on several providers. */
function providerTable({ result, detail }) {
    const rows = providerRows(result);
    if (!detail.facts || rows.length === 0)
        return '';
    const first = code(result.environment.provider);
    const others = Object.keys(result.providers ?? {}).map((name) => code(clip(name, detail.name)));
    const columns = [
        { title: 'variant' },
        { title: 'metric' },
        { title: `on ${first}`, align: 'right' },
        { title: 'on' },
        { title: 'value', align: 'right' },
        { title: `points lost ${figure('[95 %]')}`, align: 'right' },
        { title: 'changed', align: 'right' },
        { title: 'outputs', align: 'right' }
    ];
    const cells = rows.map((row) => [
        code(clip(row.variant, detail.name)),
        code(clip(row.metric, detail.name)),
        figure(row.here),
        code(clip(row.provider, detail.name)),
        ...[row.there, row.lost, row.flips, row.difference].map(figure)
    ]);
    const legend = `<sub>${prose(PROVIDER_LEGEND)}.</sub>`;
    return details(`The same models on ${others.join(', ')} beside ${first}`, paragraphs([table(columns, cells), legend]));
}

/** The report from top to bottom: the answer, the figures, what to do, and in folds where it all comes from. */
function document(view) {
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
    ]);
}
function footer({ result, commit, addresses, detail }) {
    const { tool, environment, dataset, model } = result;
    const short = commit === undefined ? undefined : `<code>${commit.slice(0, 8)}</code>`;
    const sha = short !== undefined && addresses.commit !== undefined ? `[${short}](${addresses.commit})` : short;
    return `<sub>${[
        `${code(clip(model.path, detail.name))} on ${plural(dataset.samples, 'sample')}`,
        ...(sha === undefined ? [] : [`commit ${sha}`]),
        ...(addresses.run === undefined ? [] : [`[run](${addresses.run})`]),
        `${prose(clip(tool.name, 40))} ${prose(clip(tool.version, 20))}`,
        prose(clip(shortEnvironment(environment), detail.text))
    ].join(' · ')}</sub>`;
}
/** What the figures depend on most; the rest is in a fold. */
function shortEnvironment({ onnxruntime, provider, cpu, vnni, gpu }) {
    const processor = provider === 'cpu' ? `${cpu}, ${vnni ? 'VNNI' : 'no VNNI'}` : (gpu ?? cpu);
    return `ONNX Runtime ${onnxruntime} on ${provider} (${processor})`;
}

function viewOf(result, links, detail) {
    const commit = commitOf(result, links);
    return {
        result: links.baseline === undefined ? result : { ...result, baseline: beside(links.baseline, result) },
        reportId: links.reportId ?? '',
        commit,
        addresses: addressesOf(result, links, commit),
        detail
    };
}
function beside(baseline, result) {
    const notes = ['not paired: the sample outcomes of the two runs are not at hand'];
    return compareWithBaseline({ path: 'the baseline', result: baseline, notes }, result).comparison;
}

const REST = [
    { passing: 20 },
    { passing: 5 },
    { passing: 0 },
    { layers: 5 },
    { layers: 0, charts: false },
    { text: 300 },
    { facts: false, hints: 20 },
    { name: 40, text: 160 },
    { name: 24, text: 80, hints: 5 },
    { name: 16, text: 40, hints: 0 },
    // nothing but broken limits is left, and there are hundreds of them
    { failing: 400 },
    { failing: 200 },
    { failing: 100 },
    { failing: 50 },
    { failing: 20 },
    { failing: 5 },
    { failing: 1 }
];
const FULL = {
    passing: Infinity,
    failing: Infinity,
    hints: Infinity,
    layers: Infinity,
    charts: true,
    facts: true,
    name: 100,
    text: 1000
};
const COMMENT_DETAIL = [{ ...FULL, layers: 10 }, ...REST];
/** A layer's row is a passing row, too: a thousand of them go before the first limit does. */
const SUMMARY_DETAIL = [FULL, { layers: 500 }, { layers: 100 }, { layers: 20 }, ...REST];
/** The fullest report that fits; where even the barest does not, its first lines. */
function fitted(result, links, steps, fits) {
    let detail = steps[0];
    let text = document(viewOf(result, links, detail));
    for (const step of steps.slice(1)) {
        if (fits(text))
            return text;
        detail = { ...detail, ...step };
        text = document(viewOf(result, links, detail));
    }
    return fits(text) ? text : cutToLines(text, fits);
}

/**
 * The invisible last line of a comment, by which it is found again. Anybody can write one into a comment of their own:
 * whoever looks for it compares the author, too.
 * @param run that wrote it, where a workflow did
 */
function commentMarker(reportId, run) {
    const id = encodeId(reportId === '' ? DEFAULT_REPORT_ID : reportId);
    return `<!-- precision-gate:${id}${run === undefined ? '' : ` run=${run.id} attempt=${run.attempt}`} -->`;
}
const MARKER = /^<!-- precision-gate:(\S+) run=(\d{1,16}) attempt=(\d{1,6}) -->$/;
/**
 * The marker of a run that ends a comment. One anywhere else is text: a comment that quotes ours, by the same bot, must
 * not be taken for it.
 */
function parseMarker(body) {
    const match = MARKER.exec(body.trimEnd().split(/\r?\n/).at(-1));
    if (match === null)
        return undefined;
    const [, encoded, id, attempt] = match;
    const reportId = decodeId(encoded);
    return reportId === undefined ? undefined : { reportId, run: { id: Number(id), attempt: Number(attempt) } };
}
/** Any text as one word without `>`, which alone could end the HTML comment. */
function encodeId(reportId) {
    // A lone surrogate, which cannot be encoded, becomes U+FFFD on the way through the buffer.
    return encodeURIComponent(Buffer.from(reportId).toString());
}
function decodeId(encoded) {
    try {
        return decodeURIComponent(encoded);
    }
    catch {
        return undefined;
    }
}

const MAX_CHARACTERS = 60_000;
const MAX_BYTES = 1_000_000;
/**
 * The comment on a pull request, by default with its marker as the last line. What is too long loses limits that hold first, then
 * details, and broken limits only where nothing else is left.
 *
 * @returns at most `maxCharacters` UTF-16 units.
 */
function renderComment(result, options) {
    const { maxCharacters = MAX_CHARACTERS, reportId, marked = true } = options;
    const end = marked ? `\n\n${commentMarker(reportId)}\n` : '\n';
    const text = fitted(result, options, COMMENT_DETAIL, (body) => body.length + end.length <= maxCharacters);
    return `${text}${end}`;
}
/**
 * The job summary, and the report.md of the report folder: as the comment, with every layer where they fit.
 *
 * @returns at most `maxBytes` bytes of UTF-8.
 */
function renderSummary(result, options = {}) {
    const { maxBytes = MAX_BYTES } = options;
    return `${fitted(result, options, SUMMARY_DETAIL, (body) => Buffer.byteLength(body) + 1 <= maxBytes)}\n`;
}
/** For job summaries and files. Every name is escaped: it may come from a stranger's model. */
const markdown = {
    fileName: REPORT_FILE.markdown,
    format: (result, { links = {} }) => renderSummary(result, links)
};
const comment = {
    fileName: REPORT_FILE.comment,
    format: (result, { links = {} }) => renderComment(result, { reportId: '', ...links })
};

/** GitHub cuts a message here. */
const MAX_MESSAGE = 4096;
const MAX_TITLE = 200;
const LEVEL = { fail: 'error', inconclusive: 'warning', warn: 'warning' };
/**
 * What does not hold, at the line of the config that sets the limit: failures first. Where there are more than fit, the
 * last of a level names the rest.
 */
function annotationsOf(result, { maxPerLevel = 10 } = {}) {
    const file = result.config === undefined ? {} : { file: result.config.path };
    const verdicts = ['fail', 'inconclusive', 'warn'].flatMap((status) => result.verdicts.filter((verdict) => verdict.status === status).map((verdict) => ofVerdict(verdict, status, file)));
    const failed = Object.entries(everyVariant(result)).flatMap(([name, { error }]) => error === undefined ? [] : [annotation('error', `${name} did not run`, error, file)]);
    const all = [...failed, ...verdicts];
    if (all.length === 0 && result.conclusion !== 'success') {
        const level = result.conclusion === 'inconclusive' ? 'warning' : 'error';
        all.push(annotation(level, `Precision gate: ${result.conclusion}`, result.reasons.join('; '), file));
    }
    return ['error', 'warning'].flatMap((level) => limited(all.filter((one) => one.level === level), maxPerLevel));
}
function ofVerdict(verdict, status, file) {
    const { variant, subject, message, configPosition } = verdict;
    const place = file.file === undefined ? {} : { ...file, ...configPosition };
    const what = { fail: 'a limit is broken', inconclusive: 'inconclusive', warn: 'warning' }[status];
    return annotation(LEVEL[status], `${variant} ${subject}: ${what}`, message, place);
}
function annotation(level, title, message, place) {
    const cut = (text, length) => {
        const shown = visible(text);
        return shown.length <= length
            ? shown
            : `${Array.from(shown.slice(0, length - 2))
                .slice(0, -1)
                .join('')}…`;
    };
    return { level, title: cut(title, MAX_TITLE), message: cut(message, MAX_MESSAGE), ...place };
}
function limited(annotations, most) {
    if (annotations.length <= most)
        return [...annotations];
    if (most < 1)
        return [];
    const kept = annotations.slice(0, most - 1);
    const rest = annotations.slice(most - 1);
    const [{ level, file }] = rest;
    const message = `also: ${rest.map(({ title }) => title).join('; ')}`;
    return [...kept, annotation(level, `${rest.length} more`, message, file === undefined ? {} : { file })];
}

export { layerReport as A, clip as B, paragraphs as C, DEFAULT_REPORT_ID as D, gateName as E, prose as F, fence as G, list as H, ICON as I, commitOf as J, addressesOf as K, parseMarker as L, commentMarker as M, NONE as N, renderSummary as O, PROVIDER_LEGEND as P, renderComment as Q, visible as a, baselineRows as b, wrap as c, baselineRemarks as d, latencyLines as e, formatCommand as f, areHealthy as g, comparisonFact as h, factsOf as i, calibrationFact as j, environmentFact as k, layoutTable as l, lowestSqnr as m, count as n, own as o, providerRows as p, aloneText as q, rowsOf as r, subjectFacts as s, timingFact as t, plural as u, variantNames as v, worstFirst as w, annotationsOf as x, comment as y, markdown as z };
