#!/usr/bin/env python3
"""Which characters the bytes of an encoding are, as `textdecodebase64` of the real terraform has it.

  python3 generate/encodings.py            writes rules/encodings/single-byte.json
  python3 generate/encodings.py --check    writes nothing; exits with 1 if an answer changed

Names are those of the IANA registry. Only encodings of one byte a character are asked for; those of East Asia have tables of thousands.
"""
import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile

from common import RULES, read_json, today

PATH = os.path.join(RULES, "encodings", "single-byte.json")
SOURCE = "https://developer.hashicorp.com/terraform/language/functions/textencodebase64"

# The first name is asked for; terraform must know the others by the same answers.
NAMES = """
us-ascii ansi_x3.4-1968 ansi_x3.4-1986 cp367 csascii ibm367 iso-ir-6 iso646-us iso_646.irv:1991 us
ibm037 cp037 csibm037 ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-us ebcdic-cp-wt
ibm437 437 cp437 cspc8codepage437
ibm850 850 cp850 cspc850multilingual
ibm852 852 cp852 cspcp852
ibm855 855 cp855 csibm855
ibm00858 ccsid00858 cp00858 csibm00858 pc-multilingual-850+euro
ibm860 860 cp860 csibm860
ibm862 862 cp862 cspc862latinhebrew
ibm863 863 cp863 csibm863
ibm865 865 cp865 csibm865
ibm866 866 cp866 csibm866
ibm1047 csibm1047 ibm-1047
ibm01140 ccsid01140 cp01140 csibm01140 ebcdic-us-37+euro
iso-8859-1 cp819 csisolatin1 ibm819 iso-ir-100 iso_8859-1 iso_8859-1:1987 l1 latin1
iso-8859-2 csisolatin2 iso-ir-101 iso_8859-2 iso_8859-2:1987 l2 latin2
iso-8859-3 csisolatin3 iso-ir-109 iso_8859-3 iso_8859-3:1988 l3 latin3
iso-8859-4 csisolatin4 iso-ir-110 iso_8859-4 iso_8859-4:1988 l4 latin4
iso-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso_8859-5 iso_8859-5:1988
iso-8859-6 arabic asmo-708 csisolatinarabic ecma-114 iso-ir-127 iso_8859-6 iso_8859-6:1987 csiso88596e iso-8859-6-e iso_8859-6-e csiso88596i iso-8859-6-i iso_8859-6-i
iso-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso_8859-7 iso_8859-7:1987
iso-8859-8 csisolatinhebrew hebrew iso-ir-138 iso_8859-8 iso_8859-8:1988 csiso88598e iso-8859-8-e iso_8859-8-e csiso88598i iso-8859-8-i iso_8859-8-i
iso-8859-9 csisolatin5 iso-ir-148 iso_8859-9 iso_8859-9:1989 l5 latin5
iso-8859-10 csisolatin6 iso-ir-157 iso_8859-10:1992 l6 latin6
iso-8859-13 csiso885913
iso-8859-14 csiso885914 iso-celtic iso-ir-199 iso_8859-14 iso_8859-14:1998 l8 latin8
iso-8859-15 csiso885915 iso_8859-15 latin-9
iso-8859-16 csiso885916 iso-ir-226 iso_8859-16 iso_8859-16:2001 l10 latin10
koi8-r cskoi8r
koi8-u cskoi8u
macintosh csmacintosh mac
windows-874 cswindows874
windows-1250 cswindows1250
windows-1251 cswindows1251
windows-1252 cswindows1252
windows-1253 cswindows1253
windows-1254 cswindows1254
windows-1255 cswindows1255
windows-1256 cswindows1256
windows-1257 cswindows1257
windows-1258 cswindows1258
"""


def ask(expressions, directory):
    """The values of expressions."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    env.update(CHECKPOINT_DISABLE="1", TF_CLI_CONFIG_FILE=os.devnull)
    text = "base64encode(jsonencode([%s]))\n" % ", ".join(expressions)
    answer = subprocess.run(["terraform", "console"], input=text, cwd=directory, env=env, capture_output=True, text=True, check=True)
    return json.loads(base64.b64decode(answer.stdout.strip().strip('"')))


def tables():
    rows = [line.split() for line in NAMES.strip().splitlines()]
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "bytes.json"), "w", encoding="utf-8") as file:
            json.dump([base64.b64encode(bytes([byte])).decode() for byte in range(256)], file)
        decoded = '[for b in jsondecode(file("bytes.json")) : try(textdecodebase64(b, "%s"), null)]'
        answers = iter(ask([decoded % name for row in rows for name in row], directory))
        for row in rows:
            first, *others = [next(answers) for _ in row]
            wrong = [name for name, answer in zip(row[1:], others) if answer != first]
            if wrong:
                sys.exit("%s is another encoding than %s" % (wrong, row[0]))
            # Only what is not the character of the same number.
            other = {"%02x" % byte: character for byte, character in enumerate(first) if character != chr(byte)}
            yield {"names": row, "other": other}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    made = list(tables())
    if options.check:
        sys.exit(0 if read_json(PATH)["encodings"] == made else "rules/encodings/single-byte.json would change")
    with open(PATH, "w", encoding="utf-8") as file:
        file.write('{\n  "$schema": "../schema/encodings.schema.json",\n  "source": "%s",\n  "checked": "%s",\n  "encodings": [\n' % (SOURCE, today()))
        file.write(",\n".join("    " + json.dumps(row, ensure_ascii=True) for row in made))
        file.write("\n  ]\n}\n")


main()
