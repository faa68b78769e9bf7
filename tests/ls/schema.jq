# SPDX-License-Identifier: GPL-2.0-or-later
#
# schema.jq - does the input fit $schema[0], a JSON Schema? Prints a line for
# each thing that does not. Knows the words that schema.json uses, and fails at
# any other: a word that is passed over would be a rule that nobody checks.

$schema[0] as $root
| def is_a($kind):
	if $kind == "integer" then type == "number" and . == floor else type == $kind end;
def words: ["$schema", "title", "$comment", "$defs", "$ref", "oneOf", "type", "const", "enum", "minimum",
	"properties", "required", "additionalProperties", "items"];
# The complaints about the input, which stands at $at, by the rules $rule.
def complaints($rule; $at):
	. as $value
	| (($rule | keys_unsorted) - words | if . != [] then error("unknown words: \(.)") else empty end),
	if $rule["$ref"] then complaints($root["$defs"][$rule["$ref"] | ltrimstr("#/$defs/")]; $at) else empty end,
	if $rule.oneOf then
		[$rule.oneOf[] as $one | [$value | complaints($one; $at)]] as $all
		| if [$all[] | select(. == [])] | length == 1 then empty
		else "\($at): fits not one of these: \($all)" end
	else empty end,
	if $rule | has("const") then select($value != $rule.const) | "\($at): not \($rule.const)" else empty end,
	if $rule.enum then select([$rule.enum[] == $value] | any | not) | "\($at): \($value) is none of \($rule.enum)"
	else empty end,
	if $rule.type then
		select([$rule.type | if type == "array" then .[] else . end | . as $kind | $value | is_a($kind)] |
			any | not) | "\($at): \($value) is no \($rule.type)"
	else empty end,
	if $rule.minimum then select(type == "number" and . < $rule.minimum) | "\($at): less than \($rule.minimum)"
	else empty end,
	if type == "object" then
		(($rule.required // [])[] | select(. as $key | $value | has($key) | not) | "\($at): lacks \(.)"),
		(keys_unsorted[] | . as $key
		| if $rule.properties | . != null and has($key) then
			$value[$key] | complaints($rule.properties[$key]; "\($at).\($key)")
		elif $rule.additionalProperties == false then "\($at): has \($key)"
		else empty end)
	else empty end,
	if type == "array" and $rule.items then
		range(length) as $i | .[$i] | complaints($rule.items; "\($at)[\($i)]")
	else empty end;
complaints($root; "")
