#!/usr/bin/env python3
"""Whether evaluation is linear in instances: a generated monorepo in which every module is called ten times.

  python3 benches/monorepo.py [--binary taglint] [--layout environments|root] 500 1000 2000

`environments`: ten root modules, each of which calls every module. `root`: one root module calls every module ten times. A module has two
resources, takes its tags from its caller, and gives an output to the next call. Linux, Python 3.8 or later, no packages.
"""
import argparse, os, tempfile

CALLS = 10

MODULE = '''variable "name" {
  type = string
}

variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  tags = merge({ Module = "m%d", Name = var.name }, var.tags)
}

resource "aws_kms_key" "this" {
  tags = merge(local.tags, { Purpose = "data" })
}

resource "aws_s3_bucket" "this" {
  bucket = var.name
  tags   = local.tags
}

output "name" {
  value = upper(aws_s3_bucket.this.bucket)
}
'''

ROOT = '''provider "aws" {
  default_tags {
    tags = { Environment = "e%d", Owner = "core" }
  }
}
'''

CALL = '''module "c%d" {
  source = "../%smodules/m%d"
  name   = "n%d"
  tags   = { Call = "%d"%s }
}
'''


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def generate(directory, modules, layout):
    for module in range(modules):
        write("%s/modules/m%d/main.tf" % (directory, module), MODULE % module)
    roots = CALLS if layout == "environments" else 1
    for root in range(roots):
        calls = []
        for call in range(modules * CALLS // roots):
            before = ", Before = module.c%d.name" % (call - 1) if call % 10 else ""
            calls.append(CALL % (call, "../" if layout == "environments" else "", call % modules, call, call, before))
        name = "environments/e%d" % root if layout == "environments" else "root"
        write("%s/%s/main.tf" % (directory, name), ROOT % root + "".join(calls))


def run(binary, directory):
    """(user CPU, peak MB, last line of output)"""
    with tempfile.TemporaryFile() as out:
        pid = os.fork()
        if pid == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
            os.execvp(binary, [binary, "check", directory, "--root", directory, "--isolated", "--format", "concise"])
        _, _, usage = os.wait4(pid, 0)
        out.seek(0)
        return usage.ru_utime, usage.ru_maxrss / 1000, [line for line in out.read().decode().splitlines() if "judged" in line]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/taglint")
    parser.add_argument("--layout", choices=["environments", "root"], default="environments")
    parser.add_argument("modules", type=int, nargs="+")
    options = parser.parse_args()
    for modules in options.modules:
        with tempfile.TemporaryDirectory() as directory:
            generate(directory, modules, options.layout)
            cpu, peak, said = min(run(os.path.abspath(options.binary), directory) for _ in range(3))
            instances = modules * CALLS * 2
            print("%5d modules, %6d resource instances: user CPU %.2f s, %.0f µs an instance, %.0f MB  %s"
                  % (modules, instances, cpu, cpu / instances * 1e6, peak, " ".join(said)), flush=True)


if __name__ == "__main__":
    main()
