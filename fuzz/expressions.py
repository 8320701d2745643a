#!/usr/bin/env python3
"""Random expressions of Terraform's language, asked of Terraform and of taglint: constants, operators, functions, `for`, templates.

  python3 fuzz/expressions.py --taglint target/release/taglint [--seed N] [--count N] [--terraform terraform]

Prints each disagreement and the number of them; exit code 1 if there are any. Known differences are left out, with their reasons in
`KNOWN`; those of `tests/functions.rs` are among them. Terraform 1.11 is asked as `fixtures/terraform/functions/ask_terraform.py` does.
"""
import argparse, importlib.util, json, os, random, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
R = random.Random()
STR = ["", "a", "b", "abc", "Ab C", "é", "e\u0301", "äöü", "10", "0x1", "1.50", "true", "null", "a,b,,c", " x ", "a-b_c", "\\n", "a\\tb", "日本", "%d", "%", "$", "$${x}", "%%{if}", "<&>", "2020-02-29T12:34:56Z", "10.0.0.0/8", "fe80::/10", "a=b", "{\\\"a\\\":1}", "1e3", "-5", "👩‍🚀z", "arn:aws:kms:eu-west-1:111122223333:key/a"]
NUM = ["0", "1", "2", "3", "-1", "7", "0.5", "1.25", "100", "1e3", "1e-7", "123456789012345678901234567890", "-0", "3.0", "10", "1e21", "255"]
def pick(*options): return R.choice(options)
def s(d):
    if d <= 0 or R.random() < .3: return '"%s"' % R.choice(STR)
    return pick(template, lambda d: call(d, "s"), lambda d: cond(d, s), lambda d: fn("lookup", m(d-1), s(0), s(0)))(d-1)
def n(d):
    if d <= 0 or R.random() < .4: return R.choice(NUM)
    return pick(lambda d: call(d, "n"), lambda d: "(%s %s %s)" % (n(d), pick(*"+-*/%"), n(d)), lambda d: cond(d, n), lambda d: "(-%s)" % n(d))(d-1)
def b(d):
    if d <= 0 or R.random() < .2: return pick("true", "false")
    return pick(lambda d: "(%s %s %s)" % (n(d), pick("<", ">", "<=", ">=", "==", "!="), n(d)), lambda d: "(%s %s %s)" % (any_(d), pick("==", "!="), any_(d)),
                lambda d: "(%s %s %s)" % (b(d), pick("&&", "||"), b(d)), lambda d: "!%s" % b(d), lambda d: call(d, "b"))(d-1)
def l(d):
    if d <= 0 or R.random() < .3: return "[%s]" % ", ".join(pick(s, n, s)(0) for _ in range(R.randrange(4)))
    return pick(lambda d: "[%s]" % ", ".join(any_(d) for _ in range(R.randrange(4))), lambda d: call(d, "l"), for_list, splat, lambda d: cond(d, l),
                lambda d: "[%s]" % ", ".join(s(d) for _ in range(R.randrange(5))))(d-1)
def m(d):
    key = lambda: pick("a", "b", "c", '"k 1"', "(%s)" % s(0), '"10"', "z")
    if d <= 0 or R.random() < .3: return "{%s}" % ", ".join("%s = %s" % (key(), pick(s, n, s)(0)) for _ in range(R.randrange(4)))
    return pick(lambda d: "{%s}" % ", ".join("%s = %s" % (key(), any_(d)) for _ in range(R.randrange(4))), lambda d: call(d, "m"), for_map, lambda d: cond(d, m))(d-1)
def any_(d):
    if R.random() < .05: return "null"
    return pick(s, s, n, b, l, m)(d)
def template(d):
    part = lambda: pick(lambda: R.choice(STR), lambda: "${%s}" % any_(d), lambda: "%%{ if %s }%s%%{ else }%s%%{ endif }" % (b(d), R.choice(STR[:6]), R.choice(STR[:6])),
                        lambda: "%%{ for x in %s ~} ${x} %%{~ endfor }" % l(d), lambda: "${~ %s ~}" % s(d), lambda: "  ")()
    return '"%s"' % "".join(part() for _ in range(R.randrange(1, 4)))
def cond(d, f): return "(%s ? %s : %s)" % (b(d), f(d), pick(f, f, f, any_)(d))
def fn(name, *args): return "%s(%s)" % (name, ", ".join(args))
def for_list(d):
    body = pick("x", "[x]", "{v = x}", "\"<${x}>\"", "x == %s" % s(0), "try(x + 1, x)", "[for y in %s : [x, y]]" % l(0))
    return pick("[for x in %s : %s%s]" % (pick(l, l, m, st)(d), body, pick("", "", " if x != %s" % any_(0))), "[for i, x in %s : [i, %s]]" % (pick(l, m, st)(d), body))
def for_map(d):
    return pick("{for k, v in %s : k => v%s}" % (pick(m, l)(d), pick("", " if try(v != null, true)")), "{for x in %s : x => x...}" % l(d), "{for x in %s : \"${x}\" => [x]}" % pick(l, st)(d), "{for k, v in %s : jsonencode(v) => k...}" % m(d))
def splat(d): return pick("%s[*]" % any_(d), "[for o in [%s, %s] : o][*].a" % (m(d), m(d)), "[{a = %s}, {a = %s}][*].a" % (any_(d), any_(d)), "[{a = %s}].*.a" % any_(d))
def st(d): return fn(pick("toset", "setunion"), l(d))
I = lambda d: pick("0", "1", "2", "-1", "3", "10")
RX = ['"[a-z]+"', '"(\\\\w)(\\\\w)?"', '"(?P<x>[0-9]+)"', '"^.*$"', '"b"', '"(a|b)*"', '"[[:upper:]]"', '"\\\\pL"', '""', '"(?i)AB"', '"(x)?"']
rx = lambda d: R.choice(RX)
FMT = ['"%s"', '"%d"', '"%v"', '"%#v"', '"%q"', '"%5.2f"', '"%-5s|"', '"%05d"', '"%x"', '"%X"', '"%e"', '"%g"', '"%b"', '"%o"', '"%t"', '"%s-%s"', '"%[2]s%[1]s"', '"%%"', '"%+d"', '"%5s"', '"%.2s"', '"%c"', '"%#x"', '"% d"', '"%*d"', '"%v %v"', '"%08.3f"', '"%10q"', '"%G"', '"%E"']
fm = lambda d: R.choice(FMT)
CID = lambda d: pick('"10.0.0.0/8"', '"192.168.1.0/24"', '"fd00::/48"', '"10.1.2.3/20"', '"0.0.0.0/0"', '"10.0.0.1"', '"2001:db8::/32"', s(0))
TS = lambda d: pick('"2020-02-29T12:34:56Z"', '"2017-11-22T00:00:00+01:00"', '"2024-12-31T23:59:59-05:30"', s(0))
DF = lambda d: pick('"DD MMM YYYY hh:mm ZZZ"', '"EEEE, DD-MMM-YY hh:mm:ss ZZZ"', '"HH\'o\'\'clock\' aa"', '"YYYY-MM-DD\'T\'hh:mm:ssZ"', '"M D h m s"', '"MMMM EEE AA"', '"ZZZZ ZZZZZ"', '"x"')
DUR = lambda d: pick('"10m"', '"-1h30m"', '"1.5h"', '"24h"', '"1ms"', '"8760h"', '"x"', '"1d"', '"0"')
YAML = lambda d: pick('"a: 1"', '"[1, 2.50, 0x1F, 0o7, 010, 1e3]"', '"a: yes\\nb: no\\nc: ~\\nd: null\\ne: true"', '"- 2020-01-01\\n- 1_000\\n- .inf\\n- \'x\'"', '"&a [1]"', '"a: &x {b: 1}\\nc: *x"', '"|\\n  a\\n  b\\n"', '"<<: {a: 1}\\nb: 2"', '"? a\\n: b"', '"!!str 12"', '"a: 1\\na: 2"', '""', '"--- 1"', '"1: 2"', '">-\\n a\\n b"', '"[on, off, Yes, TRUE, NULL, \\"~\\"]"', '"- -.5\\n- +1\\n- 1.\\n- .5\\n- 1e5\\n- 0b11"')
JS = lambda d: pick('"{\\"a\\":[1,2.50,null,true]}"', '"[1e400]"', '"\\"\\\\u00e9\\\\ud83d\\\\ude00\\""', '"1"', '"[]"', '"{"', '"{\\"b\\":1,\\"a\\":{\\"c\\":\\"<&>\\"}}"', '"null"', '" [1] "', '"[1] 2"', '"1.0"', '"-0"', '"[1E3, 0.1e-2]"')
CSV = lambda d: pick('"a,b\\n1,2\\n"', '"a\\n\\"x\\"\\"y\\"\\n"', '"a,b\\n1\\n"', '"a,a\\n1,2"', '""', '"a,b\\r\\n 1, 2\\r\\n"', '"a\\n\\n1"')
F = {
 "s": [("upper",s),("lower",s),("title",s),("trimspace",s),("chomp",s),("strrev",s),("join",s,l),("join",s,st),("replace",s,s,s),("replace",s,lambda d: '"/%s/"' % R.choice(RX)[1:-1],lambda d: pick('"<$1>"','"$${x}"','"$0-$2"','"\\\\n"','""')),("substr",s,I,I),("trim",s,s),("trimprefix",s,s),("trimsuffix",s,s),("format",fm,any_),("format",fm,any_,any_),("format",fm),("jsonencode",any_),("yamlencode",any_),("base64encode",s),("base64decode",lambda d: fn("base64encode", s(d))),("urlencode",s),("md5",s),("sha256",s),("base64sha512",s),("sha1",s),("formatdate",DF,TS),("timeadd",TS,DUR),("cidrhost",CID,n),("cidrnetmask",CID),("cidrsubnet",CID,I,n),("tostring",any_),("element",lambda d: "[%s, %s]" % (s(d), s(d)),n),("regex",lambda d: pick('"[a-z]+"','"b"','"."'),s),("indent",I,s),("coalesce",s,s),("try",any_,s),("dirname",s),("basename",s),("pathexpand",lambda d: '"a/b"'),("nonsensitive",lambda d: fn("sensitive", s(d))),("textencodebase64",s,lambda d: pick('"UTF-16LE"','"ISO-8859-1"','"UTF-8"')),("parseint",s,I),("uuidv5",lambda d: pick('"dns"','"url"','"oid"','"x500"'),s),("one",lambda d: "[%s]" % s(d)),("upper",s)],
 "n": [("abs",n),("ceil",n),("floor",n),("log",n,n),("pow",n,n),("signum",n),("max",n,n,n),("min",n,n),("parseint",s,lambda d: pick("10","2","16","36","62")),("length",any_),("tonumber",any_),("sum",lambda d: "[%s, %s]" % (n(d),n(d))),("index",l,any_),("timecmp",TS,TS),("try",any_,n)],
 "b": [("contains",l,any_),("can",any_),("startswith",s,s),("endswith",s,s),("strcontains",s,s),("alltrue",lambda d: "[%s, %s]" % (b(d),b(d))),("anytrue",l),("tobool",any_),("can",lambda d: fn("regex", rx(d), s(d))),("issensitive",any_)],
 "l": [("concat",l,l),("concat",l,st) ,("flatten",l),("distinct",l),("compact",l),("sort",l),("reverse",l),("slice",l,I,I),("chunklist",l,I),("range",n),("range",n,n),("range",n,n,n),("split",s,s),("keys",m),("values",m),("tolist",any_),("setproduct",l,l),("setproduct",st,st),("regexall",rx,s),("regex",rx,s),("formatlist",fm,l),("formatlist",fm,l,any_),("coalescelist",l,l),("csvdecode",CSV),("jsondecode",JS),("yamldecode",YAML),("matchkeys",l,l,l),("setunion",l,l),("setintersection",l,l),("setsubtract",l,l),("toset",l),("cidrsubnets",CID,I,I),("tolist",st),("sort",st),("element",lambda d: "[%s, %s]" % (l(d), l(d)),I),("try",any_,l)],
 "m": [("merge",m,m),("merge",m,lambda d:"null",m),("zipmap",l,l),("zipmap",lambda d:'["a","b"]',lambda d:"[%s, %s]"%(any_(d),any_(d))),("transpose",lambda d:"{a = [%s], b = [%s, %s]}"%(s(0),s(0),s(0))),("tomap",m),("jsondecode",JS),("yamldecode",YAML),("try",any_,m),("tomap",lambda d:"{for x in %s : \"k${x}\" => x}"%l(d)),("regex",lambda d:'"(?P<p>.)(?P<q>.)?"',s)],
}
def call(d, kind):
    name, *args = R.choice(F[kind]); return fn(name, *[a(d) for a in args])


KNOWN = [
    (r"panic in function implementation", "Terraform breaks down"),
    (r"serialize infinity|zero and infinity", "infinite numbers are not evaluated"),
]
LAZY = re.compile(r"&&|\|\|")


def expressions(seed, count):
    """So many different expressions of one line."""
    R.seed(seed)
    found = set()
    while len(found) < count:
        expression = pick(s, n, b, l, m, any_)(R.randrange(1, 4))
        if len(expression) < 400:
            found.add(expression)
    return sorted(found)


def ask_terraform(asked, terraform):
    path = os.path.join(HERE, "../fixtures/terraform/functions/ask_terraform.py")
    spec = importlib.util.spec_from_file_location("ask_terraform", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Plans of so many at a time.
    return [answer for at in range(0, len(asked), 500) for answer in module.ask(asked[at:at + 500], terraform)]


def ask_taglint(asked, binary):
    with tempfile.TemporaryDirectory() as directory:
        command = [binary, "eval", "--isolated", "--root", directory, "--dir", directory, "--stdin"]
        lines = "".join("[jsonencode(%s)]\n" % expression for expression in asked)
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def agree(expression, terraform, taglint):
    if "json" in terraform:
        return taglint.get("value") == [terraform["json"]]
    if "error" in terraform:
        # What stands right of an operator that decides already is no error in later versions.
        return "error" in taglint or any(re.search(known, terraform["error"]) for known, _ in KNOWN) or bool(LAZY.search(expression))
    return "error" not in taglint


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--taglint", required=True)
    parser.add_argument("--terraform", default="terraform")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    options = parser.parse_args()
    asked = expressions(options.seed, options.count)
    answers = ask_terraform(asked, options.terraform)
    different = 0
    for expression, terraform, taglint in zip(asked, answers, ask_taglint(asked, options.taglint), strict=True):
        if not agree(expression, terraform, taglint):
            different += 1
            print("%s\n  Terraform: %s\n  taglint:   %s" % (expression, json.dumps(terraform)[:300], json.dumps(taglint)[:300]))
    print("%d of %d differ" % (different, len(asked)))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
