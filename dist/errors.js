/** Exit codes of the command line (docs/cli.md). */
const ExitCode = { pass: 0, limitBroken: 1, usage: 2, runtime: 3, inconclusive: 4, interrupted: 130 };
/** A failure that has a known cause and a message for the user: printed without a stack trace. */
class GateError extends Error {
    exitCode;
    hint;
    /** @param hint what the user can do about it, printed on a line of its own. */
    constructor(message, exitCode, hint, options) {
        super(message, options);
        this.exitCode = exitCode;
        this.hint = hint;
        this.name = new.target.name;
    }
}
/** The config or the command line is wrong (exit code 2). Carries every problem found, not only the first. */
class ConfigurationError extends GateError {
    issues;
    constructor(issues, hint, options) {
        super(issues.map(formatIssue).join('\n'), 2, hint, options);
        this.issues = issues;
    }
}
/** An image, a label, a model or another file is missing, unreadable or not what it should be (exit code 3). */
class FileError extends GateError {
    constructor(message, hint, options) {
        super(message, 3, hint, options);
    }
}
/** ONNX Runtime, a provider or the machine refuses (exit code 3). */
class RuntimeError extends GateError {
    constructor(message, hint, options) {
        super(message, 3, hint, options);
    }
}
function formatIssue({ file, position, message }) {
    const place = [file, position?.line, position?.column].filter((part) => part !== undefined).join(':');
    return place === '' ? message : `${place}: ${message}`;
}
/** What happened and what to do about it as one sentence, where there is no line of its own for the hint. */
function explain({ message, hint }) {
    if (hint === undefined)
        return message;
    const start = /^[A-Z][a-z]/.test(hint) ? hint.charAt(0).toLowerCase() + hint.slice(1) : hint;
    return `${message}; ${start.replace(/\.$/, '')}`;
}
/** The message of whatever was thrown. */
function messageOf(error) {
    return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

export { ConfigurationError as C, ExitCode as E, FileError as F, GateError as G, RuntimeError as R, explain as e, messageOf as m };
