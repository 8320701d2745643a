//! The table of functions: what each takes, and what it does.

use super::{
    Call, FunctionError, aws, cidr, collection, conversion, csv, encoding, file, format, hash, json, list, map, number, regex, sequence,
    set, string, template, time, trim, yaml,
};
use crate::value::{Type, Value};

/// A function of Terraform's language.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// As it is called.
    pub name: &'static str,
    pub(super) params: &'static [Param],
    pub(super) variadic: Option<Param>,
    pub(super) returns: Want,
    pub(super) body: Body,
}

/// What a function does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Body {
    /// The result follows from the arguments.
    Pure(fn(&Call<'_>) -> Result<Value, FunctionError>),
    /// Never known before Terraform runs, and why.
    Never(&'static str),
    /// The evaluator does it: it needs the arguments before they are evaluated.
    Evaluated,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param {
    /// As messages name it.
    pub name: &'static str,
    pub(super) wants: Want,
    /// Null is a value like others.
    pub(super) null: bool,
    /// The function itself deals with what is not known.
    pub(super) unknown: bool,
    /// The function passes on what is sensitive where it stands.
    pub(super) marked: bool,
}

/// The type of a parameter or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Any,
    Bool,
    Number,
    String,
    List,
    Bools,
    Numbers,
    Strings,
    Set,
    StringSet,
    StringLists,
}

impl Want {
    /// As a type.
    #[must_use]
    pub fn ty(self) -> Type {
        match self {
            Want::Any => Type::Any,
            Want::Bool => Type::Bool,
            Want::Number => Type::Number,
            Want::String => Type::String,
            Want::List => Type::List(Type::Any.into()),
            Want::Bools => Type::List(Type::Bool.into()),
            Want::Numbers => Type::List(Type::Number.into()),
            Want::Strings => Type::List(Type::String.into()),
            Want::Set => Type::Set(Type::Any.into()),
            Want::StringSet => Type::Set(Type::String.into()),
            Want::StringLists => Type::Map(Type::List(Type::String.into()).into()),
        }
    }
}

const fn p(name: &'static str, wants: Want) -> Param {
    Param { name, wants, null: false, unknown: false, marked: false }
}

impl Param {
    /// May be null.
    const fn null(self) -> Self {
        Self { null: true, ..self }
    }

    /// May be not known.
    const fn open(self) -> Self {
        Self { unknown: true, ..self }
    }

    /// May be sensitive.
    const fn marked(self) -> Self {
        Self { marked: true, ..self }
    }
}

const fn f(name: &'static str, params: &'static [Param], returns: Want, body: fn(&Call<'_>) -> Result<Value, FunctionError>) -> Function {
    Function { name, params, variadic: None, returns, body: Body::Pure(body) }
}

const fn v(
    name: &'static str,
    params: &'static [Param],
    rest: Param,
    returns: Want,
    body: fn(&Call<'_>) -> Result<Value, FunctionError>,
) -> Function {
    Function { name, params, variadic: Some(rest), returns, body: Body::Pure(body) }
}

const fn never(name: &'static str, params: &'static [Param], rest: Option<Param>, why: &'static str) -> Function {
    Function { name, params, variadic: rest, returns: Want::String, body: Body::Never(why) }
}

const fn evaluated(name: &'static str, params: &'static [Param], rest: Option<Param>) -> Function {
    Function { name, params, variadic: rest, returns: Want::Any, body: Body::Evaluated }
}

use Want::{Any, Bool, Bools, List, Number, Numbers, Set, String, StringLists, StringSet, Strings};

const STR: &[Param] = &[p("str", String)];
const NUM: &[Param] = &[p("num", Number)];
const LIST: &[Param] = &[p("list", Any).open().marked()];
const PATH: &[Param] = &[p("path", String)];
const VALUE: &[Param] = &[p("value", Any).null().open().marked()];

/// Why the result of a function depends on when and where Terraform runs.
const CLOCK: &str = "time at which Terraform runs";
const CHANCE: &str = "random value";
const MACHINE: &str = "machine on which Terraform runs";
const BUILD: &str = "compressor that Terraform is built with";

/// Sorted by name.
static FUNCTIONS: &[Function] = &[
    f("abs", NUM, Number, number::abs),
    never("abspath", PATH, None, MACHINE),
    f("alltrue", &[p("list", Bools)], Bool, sequence::alltrue),
    f("anytrue", &[p("list", Bools)], Bool, sequence::anytrue),
    f("base64decode", STR, String, encoding::base64decode),
    f("base64encode", STR, String, encoding::base64encode),
    never("base64gzip", STR, None, BUILD),
    f("base64sha256", STR, String, hash::base64sha256),
    f("base64sha512", STR, String, hash::base64sha512),
    f("basename", &[p("path", String).open()], String, file::basename),
    never("bcrypt", STR, Some(p("cost", Number)), CHANCE),
    evaluated("can", &[p("expression", Any)], None),
    f("ceil", NUM, Number, number::ceil),
    f("chomp", STR, String, trim::chomp),
    f("chunklist", &[p("list", List).open(), p("size", Number)], Any, sequence::chunklist),
    f("cidrhost", &[p("prefix", String), p("hostnum", Number)], String, cidr::cidrhost),
    f("cidrnetmask", &[p("prefix", String)], String, cidr::cidrnetmask),
    f("cidrsubnet", &[p("prefix", String), p("newbits", Number), p("netnum", Number)], String, cidr::cidrsubnet),
    v("cidrsubnets", &[p("prefix", String)], p("newbits", Number), Strings, cidr::cidrsubnets),
    v("coalesce", &[], p("vals", Any).null().open(), Any, conversion::coalesce),
    v("coalescelist", &[], p("vals", Any).null().open().marked(), Any, sequence::coalescelist),
    f("compact", &[p("list", Strings).open()], Strings, list::compact),
    v("concat", &[], p("seqs", Any).open().marked(), Any, list::concat),
    f("contains", &[p("list", Any).open(), p("value", Any).open()], Bool, sequence::contains),
    f("csvdecode", STR, Any, csv::csvdecode),
    f("dirname", PATH, String, file::dirname),
    f("distinct", &[p("list", List).open()], Any, list::distinct),
    f("element", &[p("list", Any).open().marked(), p("index", Number)], Any, sequence::element),
    f("endswith", &[p("str", String).open(), p("suffix", String)], Bool, string::endswith),
    f("ephemeralasnull", VALUE, Any, conversion::ephemeralasnull),
    f("file", PATH, String, file::file),
    f("filebase64", PATH, String, file::filebase64),
    f("filebase64sha256", PATH, String, file::filebase64sha256),
    f("filebase64sha512", PATH, String, file::filebase64sha512),
    f("fileexists", PATH, Bool, file::fileexists),
    f("filemd5", PATH, String, file::filemd5),
    f("fileset", &[p("path", String), p("pattern", String)], StringSet, file::fileset),
    f("filesha1", PATH, String, file::filesha1),
    f("filesha256", PATH, String, file::filesha256),
    f("filesha512", PATH, String, file::filesha512),
    f("flatten", LIST, Any, list::flatten),
    f("floor", NUM, Number, number::floor),
    v("format", &[p("format", String)], p("args", Any).null().open(), String, format::format),
    f("formatdate", &[p("format", String), p("time", String)], String, time::formatdate),
    v("formatlist", &[p("format", String)], p("args", Any).null().open(), Strings, format::formatlist),
    f("indent", &[p("spaces", Number), p("str", String).open()], String, string::indent),
    f("index", &[p("list", Any).open(), p("value", Any).open()], Number, sequence::index),
    f("issensitive", VALUE, Bool, conversion::issensitive),
    v("join", &[p("separator", String)], p("lists", Strings).open(), String, string::join),
    f("jsondecode", &[p("str", String).open()], Any, json::jsondecode),
    f("jsonencode", &[p("val", Any).null().open()], String, json::jsonencode),
    f("keys", &[p("inputMap", Any).open()], Any, map::keys),
    f("length", &[p("value", Any).open().marked()], Number, sequence::length),
    f("log", &[p("num", Number), p("base", Number)], Number, number::log),
    v("lookup", &[p("inputMap", Any).open().marked(), p("key", String).open()], p("default", Any).null().open().marked(), Any, map::lookup),
    f("lower", &[p("str", String).open()], String, string::lower),
    f("matchkeys", &[p("values", List).open(), p("keys", List).open(), p("searchset", List).open()], Any, sequence::matchkeys),
    v("max", &[], p("numbers", Number), Number, number::max),
    f("md5", STR, String, hash::md5),
    v("merge", &[], p("maps", Any).null().open().marked(), Any, collection::merge),
    v("min", &[], p("numbers", Number), Number, number::min),
    f("nonsensitive", VALUE, Any, conversion::nonsensitive),
    f("one", &[p("list", Any).open().marked()], Any, sequence::one),
    f("parseint", &[p("number", Any), p("base", Number)], Number, number::parseint),
    f("pathexpand", PATH, String, file::pathexpand),
    never("plantimestamp", &[], None, CLOCK),
    f("pow", &[p("num", Number), p("power", Number)], Number, number::pow),
    v("range", &[], p("params", Number), Numbers, number::range),
    f("regex", &[p("pattern", String), p("string", String)], Any, regex::regex),
    f("regexall", &[p("pattern", String), p("string", String)], Any, regex::regexall),
    f("replace", &[p("str", String), p("substr", String), p("replace", String)], String, regex::replace),
    f("reverse", LIST, Any, list::reverse),
    never("rsadecrypt", &[p("ciphertext", String), p("privatekey", String)], None, "decrypted data"),
    f("sensitive", VALUE, Any, conversion::sensitive),
    v("setintersection", &[p("first_set", Set).open()], p("other_sets", Set).open(), Any, set::setintersection),
    v("setproduct", &[], p("sets", Any).open(), Any, set::setproduct),
    f("setsubtract", &[p("a", Set).open(), p("b", Set).open()], Any, set::setsubtract),
    v("setunion", &[p("first_set", Set).open()], p("other_sets", Set).open(), Any, set::setunion),
    f("sha1", STR, String, hash::sha1),
    f("sha256", STR, String, hash::sha256),
    f("sha512", STR, String, hash::sha512),
    f("signum", NUM, Number, number::signum),
    f("slice", &[p("list", Any).open().marked(), p("start_index", Number), p("end_index", Number)], Any, list::slice),
    f("sort", &[p("list", Strings).open()], Strings, list::sort),
    f("split", &[p("separator", String), p("str", String)], Strings, string::split),
    f("startswith", &[p("str", String).open(), p("prefix", String)], Bool, string::startswith),
    f("strcontains", &[p("str", String).open(), p("substr", String)], Bool, string::strcontains),
    f("strrev", STR, String, string::strrev),
    f("substr", &[p("str", String), p("offset", Number), p("length", Number)], String, string::substr),
    f("sum", &[p("list", Any).open()], Number, sequence::sum),
    f("templatefile", &[p("path", String), p("vars", Any).open()], Any, template::templatefile),
    f("templatestring", &[p("template", String).open(), p("vars", Any).open()], String, template::templatestring),
    f("textdecodebase64", &[p("source", String), p("encoding", String)], String, encoding::textdecodebase64),
    f("textencodebase64", &[p("string", String), p("encoding", String)], String, encoding::textencodebase64),
    f("timeadd", &[p("timestamp", String), p("duration", String)], String, time::timeadd),
    f("timecmp", &[p("timestamp_a", String), p("timestamp_b", String)], Number, time::timecmp),
    never("timestamp", &[], None, CLOCK),
    f("title", STR, String, string::title),
    f("tobool", VALUE, Bool, conversion::tobool),
    f("tolist", VALUE, Any, conversion::tolist),
    f("tomap", VALUE, Any, conversion::tomap),
    f("tonumber", VALUE, Number, conversion::tonumber),
    f("toset", VALUE, Any, conversion::toset),
    f("tostring", VALUE, String, conversion::tostring),
    f("transpose", &[p("values", StringLists).open()], StringLists, map::transpose),
    f("trim", &[p("str", String), p("cutset", String)], String, trim::trim),
    f("trimprefix", &[p("str", String).open(), p("prefix", String)], String, trim::trimprefix),
    f("trimspace", STR, String, trim::trimspace),
    f("trimsuffix", &[p("str", String), p("suffix", String)], String, trim::trimsuffix),
    evaluated("try", &[], Some(p("expressions", Any))),
    f("upper", &[p("str", String).open()], String, string::upper),
    f("urlencode", STR, String, encoding::urlencode),
    never("uuid", &[], None, CHANCE),
    f("uuidv5", &[p("namespace", String), p("name", String)], String, hash::uuidv5),
    f("values", &[p("mapping", Any).open().marked()], Any, map::values),
    f("yamldecode", &[p("src", String)], Any, yaml::yamldecode),
    f("yamlencode", &[p("value", Any).null()], String, yaml::yamlencode),
    f("zipmap", &[p("keys", Strings).open(), p("values", Any).open().marked()], Any, map::zipmap),
];

/// Functions of the AWS provider that need no provider. Sorted by name.
static PROVIDER_FUNCTIONS: &[Function] = &[
    f(
        "provider::aws::arn_build",
        &[p("partition", String), p("service", String), p("region", String), p("account_id", String), p("resource", String)],
        String,
        aws::arn_build,
    ),
    f("provider::aws::arn_parse", &[p("arn", String)], Any, aws::arn_parse),
    f("provider::aws::trim_iam_role_path", &[p("arn", String)], String, aws::trim_iam_role_path),
];

/// The function of that name. `core::merge` is `merge`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let table = if name.starts_with("provider::") { PROVIDER_FUNCTIONS } else { FUNCTIONS };
    table.binary_search_by_key(&name, |function| function.name).ok().map(|at| &table[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        for table in [FUNCTIONS, PROVIDER_FUNCTIONS] {
            assert!(table.windows(2).all(|pair| pair[0].name < pair[1].name));
        }
        assert!(find("core::merge").is_some() && find("nosuch").is_none() && find("provider::aws::arn_parse").is_some());
    }

    /// What `terraform metadata functions -json` lists, version 1.11.4.
    #[test]
    fn every_function_of_terraform_is_there() {
        let list = include_str!("../../../fixtures/terraform/functions/signatures.jsonl");
        let mut seen = 0;
        for line in list.lines() {
            let signature: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let name = signature["name"].as_str().expect("a name");
            let function = find(name).unwrap_or_else(|| panic!("{name} is missing"));
            assert_eq!(function.params.len() as u64, signature["parameters"].as_u64().expect("a number"), "{name}");
            assert_eq!(function.variadic.is_some(), signature["variadic"].as_bool().expect("a boolean"), "{name}");
            seen += 1;
        }
        assert_eq!(seen, FUNCTIONS.len());
    }
}
