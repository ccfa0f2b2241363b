"""Writes __fixtures__/model/opset-history.json: what became of every standard operator between opset 7 and 13.

For each operator that a model of opset 7 to 12 can hold: the versions of its schema, and the first version from which
on nothing breaking happens up to 13 (0: never anything, null: it does not exist in 13). Breaking is whatever an old
node would not survive: an attribute that goes or changes its default, an input or output that goes, one that becomes
required, a deprecation. Source: the schemas inside the onnx package.

    python script/references/model_opset_history.py
"""

import json
import pathlib
from collections import defaultdict

import onnx
import onnx.defs

TARGET = 13
REQUIRED = onnx.defs.OpSchema.FormalParameterOption.Single


def default(attribute):
    return onnx.helper.get_attribute_value(attribute.default_value) if attribute.default_value.name else None


def breaks(old, new):
    if new.deprecated:
        return "deprecated"
    for name, attribute in old.attributes.items():
        if name not in new.attributes:
            return f"attribute {name} is gone"
        # An attribute without a default stays without: conv's kernel_shape and the like.
        if default(attribute) != default(new.attributes[name]):
            return f"default of attribute {name} changed"
    for name, attribute in new.attributes.items():
        if attribute.required and not (name in old.attributes and old.attributes[name].required):
            return f"attribute {name} became required"
    for kind in ("inputs", "outputs"):
        before, after = getattr(old, kind), getattr(new, kind)
        if len(after) < len(before):
            return f"{kind} went"
        for index, parameter in enumerate(after):
            was = before[index] if index < len(before) else None
            if was is not None and was.name.lower() != parameter.name.lower() and was.option != parameter.option:
                return f"{kind} {index} is another one"
            if parameter.option == REQUIRED and kind == "inputs" and (was is None or was.option != REQUIRED):
                return f"input {parameter.name} became required"
    return None


history = defaultdict(list)
for schema in onnx.defs.get_all_schemas_with_history():
    if schema.domain == "" and schema.since_version <= TARGET:
        history[schema.name].append(schema)

operators = {}
for name, schemas in sorted(history.items()):
    schemas.sort(key=lambda schema: schema.since_version)
    old = [schema for schema in schemas if schema.since_version <= 7][-1:]
    schemas = old + [schema for schema in schemas if schema.since_version > 7]
    if schemas[0].since_version == TARGET or schemas[0].deprecated:
        continue
    breaking = {}
    for before, after in zip(schemas, schemas[1:]):
        reason = breaks(before, after)
        if reason:
            breaking[after.since_version] = reason
    operators[name] = {"versions": [schema.since_version for schema in schemas], "breaking": breaking}

target = pathlib.Path(__file__).parents[2] / "__fixtures__/model/opset-history.json"
target.parent.mkdir(parents=True, exist_ok=True)
lines = [f"  {json.dumps(name)}: {json.dumps(facts)}" for name, facts in operators.items()]
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
