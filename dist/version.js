var version = "0.1.0";
var manifest = {
	version: version};

const TOOL = { name: 'precision-gate', version: manifest.version };

export { TOOL as T };
