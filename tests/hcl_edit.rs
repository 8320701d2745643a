//! A second opinion on the shape of trees: what `hcl-edit` accepts too, it must read as we do, span by span.

use std::{fmt::Write, fs, ops::Range, path::Path, sync::Arc};

use hcl_edit::{
    Span as _,
    expr::{BinaryOperator, Expression, ObjectKey, TraversalOperator, UnaryOperator},
    structure::{Block, BlockLabel, Body, Structure},
    template::{Directive, Element, Template},
};
use proptest::prelude::*;
use serde_json::Value;
use taglint::{
    source::{Source, SourceId},
    syntax::{Flags, Kind, NodeId, Tree, hcl},
};
use walkdir::WalkDir;

/// Constructs that `hcl-edit` accepts and reads in another way than HCL does, each with the reason.
const READ_OTHERWISE: &[(&str, &str)] = &[("neg-num-trav", "a minus binds less than a step, also before a number")];

/// Both trees of a text, written out, if both parsers accept it.
fn shapes(text: &str) -> Option<(String, String)> {
    let tree = hcl::parse(&Arc::new(Source::new(SourceId(0), "main.tf", text.as_bytes().to_vec())));
    let body = hcl_edit::parser::parse_body(text).ok().filter(|_| tree.problems().is_empty())?;
    let (mut ours, mut theirs) = (String::new(), String::new());
    Ours { tree: &tree, out: &mut ours }.body(tree.root().expect("a body"));
    Theirs { text, out: &mut theirs }.body(&body);
    Some((ours, theirs))
}

/// Asserts that both trees of a text are one. Says whether both parsers accepted it.
fn compare(text: &str) -> bool {
    let shapes = shapes(text);
    if let Some((ours, theirs)) = &shapes {
        assert_eq!(ours, theirs, "of\n{text}");
    }
    shapes.is_some()
}

struct Ours<'a> {
    tree: &'a Tree,
    out: &'a mut String,
}

struct Theirs<'a> {
    text: &'a str,
    out: &'a mut String,
}

impl Ours<'_> {
    fn line(&mut self, what: &str, node: NodeId) {
        let _ = writeln!(self.out, "{what} {:?}", self.tree.raw(node));
    }

    fn body(&mut self, body: NodeId) {
        for item in self.tree.children(body) {
            let children = self.tree.children(item);
            self.line("name", children[0]);
            match self.tree.kind(item) {
                Kind::Attribute => self.expression(children[1]),
                Kind::Block => {
                    for label in &children[1..children.len() - 1] {
                        self.line("label", *label);
                    }
                    self.body(children[children.len() - 1]);
                    self.out.push_str("end\n");
                }
                other => panic!("{other:?} in a body without problems"),
            }
        }
    }

    fn all(&mut self, nodes: &[NodeId]) {
        for node in nodes {
            self.expression(*node);
        }
    }

    fn expression(&mut self, node: NodeId) {
        let (tree, children, flags) = (self.tree, self.tree.children(node), self.tree.node(node).flags);
        match tree.kind(node) {
            Kind::Null | Kind::Bool | Kind::Number => self.line("value", node),
            Kind::Variable => self.line("variable", node),
            Kind::String if children.iter().all(|child| tree.kind(*child) == Kind::Literal) => self.line("string", node),
            Kind::String => {
                self.line("template", node);
                self.template(&children);
            }
            Kind::Heredoc => {
                self.out.push_str("heredoc\n");
                self.template(&children);
            }
            Kind::Paren => {
                self.line("paren", node);
                self.all(&children);
            }
            // `hcl-edit` takes a minus before a number for a part of it.
            Kind::Unary if tree.raw(children[0]) == "-" && tree.kind(children[1]) == Kind::Number => self.line("value", node),
            Kind::Unary => {
                self.line(&format!("unary {}", tree.raw(children[0])), node);
                self.expression(children[1]);
            }
            Kind::Binary => {
                self.line(&format!("binary {}", tree.raw(children[1])), node);
                self.all(&[children[0], children[2]]);
            }
            Kind::Conditional => {
                self.line("conditional", node);
                self.all(&children);
            }
            Kind::Tuple => {
                self.line("tuple", node);
                self.all(&children);
            }
            Kind::Object => {
                self.line("object", node);
                for item in children {
                    let pair = tree.children(item);
                    match tree.kind(pair[0]) {
                        Kind::Variable => self.line("key", pair[0]),
                        _ => self.expression(pair[0]),
                    }
                    self.expression(pair[1]);
                }
            }
            Kind::Call => {
                self.line(if flags.has(Flags::EXPANDED) { "expanded call" } else { "call" }, node);
                self.all(&children[1..]);
            }
            Kind::ForTuple | Kind::ForObject => {
                let names = if flags.has(Flags::TWO_NAMES) { 2 } else { 1 };
                self.line(if flags.has(Flags::GROUPED) { "grouped for" } else { "for" }, node);
                for name in &children[..names] {
                    self.line("name", *name);
                }
                self.all(&children[names..]);
            }
            Kind::GetAttr | Kind::Index | Kind::LegacyIndex | Kind::AttrSplat | Kind::FullSplat => {
                self.line("traversal", node);
                self.steps(node);
            }
            other => panic!("{other:?} is no expression"),
        }
    }

    /// The base of a traversal, then its steps in order.
    fn steps(&mut self, node: NodeId) {
        let children = self.tree.children(node);
        match self.tree.kind(node) {
            kind @ (Kind::GetAttr | Kind::Index | Kind::LegacyIndex) => {
                self.steps(children[0]);
                self.step(kind, children[1]);
            }
            kind @ (Kind::AttrSplat | Kind::FullSplat) => {
                self.steps(children[0]);
                self.out.push_str(if kind == Kind::AttrSplat { "splat .*\n" } else { "splat [*]\n" });
                for step in &children[1..] {
                    let inner = self.tree.children(*step)[0];
                    let kind = match self.tree.kind(inner) {
                        Kind::Name => Kind::GetAttr,
                        Kind::Number if !self.tree.raw(*step).starts_with('[') => Kind::LegacyIndex,
                        _ => Kind::Index,
                    };
                    self.step(kind, inner);
                }
            }
            _ => self.expression(node),
        }
    }

    fn step(&mut self, kind: Kind, inner: NodeId) {
        match kind {
            Kind::GetAttr => self.line("attribute", inner),
            Kind::LegacyIndex => self.line("legacy", inner),
            _ => {
                self.out.push_str("index\n");
                self.expression(inner);
            }
        }
    }

    fn template(&mut self, parts: &[NodeId]) {
        for part in parts {
            let children = self.tree.children(*part);
            match self.tree.kind(*part) {
                Kind::Literal => {}
                Kind::Interpolation => {
                    self.line("interpolation", *part);
                    self.all(&children);
                }
                Kind::DirectiveIf => {
                    self.line("if", *part);
                    self.expression(children[0]);
                    for branch in &children[1..] {
                        self.out.push_str("branch\n");
                        self.template(&self.tree.children(*branch));
                    }
                    self.out.push_str("endif\n");
                }
                Kind::DirectiveFor => {
                    self.line("for", *part);
                    let names = children.len() - 2;
                    for name in &children[..names] {
                        self.line("name", *name);
                    }
                    self.expression(children[names]);
                    self.template(&self.tree.children(children[names + 1]));
                    self.out.push_str("endfor\n");
                }
                other => panic!("{other:?} is no part of a template"),
            }
        }
    }
}

impl Theirs<'_> {
    fn line(&mut self, what: &str, span: Option<Range<usize>>) {
        let span = span.unwrap_or_else(|| panic!("{what} has no span in\n{}", self.text));
        let _ = writeln!(self.out, "{what} {:?}", &self.text[span]);
    }

    fn body(&mut self, body: &Body) {
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    self.line("name", attribute.key.span());
                    self.expression(&attribute.value);
                }
                Structure::Block(block) => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        self.line("name", block.ident.span());
        for label in &block.labels {
            match label {
                BlockLabel::Ident(name) => self.line("label", name.span()),
                BlockLabel::String(text) => self.line("label", text.span()),
            }
        }
        self.body(&block.body);
        self.out.push_str("end\n");
    }

    fn expression(&mut self, expression: &Expression) {
        let span = expression.span();
        match expression {
            Expression::Null(_) | Expression::Bool(_) | Expression::Number(_) => self.line("value", span),
            Expression::Variable(_) => self.line("variable", span),
            Expression::String(_) => self.line("string", span),
            Expression::StringTemplate(template) => {
                self.line("template", span);
                self.template(template.into_iter());
            }
            Expression::HeredocTemplate(heredoc) => {
                self.out.push_str("heredoc\n");
                self.template((&heredoc.template).into_iter());
            }
            Expression::Parenthesis(inner) => {
                self.line("paren", span);
                self.expression(inner.inner());
            }
            Expression::UnaryOp(unary) => {
                let operator = match *unary.operator.value() {
                    UnaryOperator::Neg => "-",
                    UnaryOperator::Not => "!",
                };
                self.line(&format!("unary {operator}"), span);
                self.expression(&unary.expr);
            }
            Expression::BinaryOp(binary) => {
                self.line(&format!("binary {}", written(*binary.operator.value())), span);
                self.expression(&binary.lhs_expr);
                self.expression(&binary.rhs_expr);
            }
            Expression::Conditional(conditional) => {
                self.line("conditional", span);
                for part in [&conditional.cond_expr, &conditional.true_expr, &conditional.false_expr] {
                    self.expression(part);
                }
            }
            Expression::Array(array) => {
                self.line("tuple", span);
                array.iter().for_each(|element| self.expression(element));
            }
            Expression::Object(object) => {
                self.line("object", span);
                for (key, value) in object.iter() {
                    match key {
                        ObjectKey::Ident(name) => self.line("key", name.span()),
                        ObjectKey::Expression(Expression::Variable(name)) => self.line("key", name.span()),
                        ObjectKey::Expression(key) => self.expression(key),
                    }
                    self.expression(value.expr());
                }
            }
            Expression::FuncCall(call) => {
                self.line(if call.args.expand_final() { "expanded call" } else { "call" }, span);
                call.args.iter().for_each(|argument| self.expression(argument));
            }
            Expression::ForExpr(each) => {
                self.line(if each.grouping { "grouped for" } else { "for" }, span);
                for name in each.intro.key_var.iter().chain([&each.intro.value_var]) {
                    self.line("name", name.span());
                }
                self.expression(&each.intro.collection_expr);
                each.key_expr.iter().for_each(|key| self.expression(key));
                self.expression(&each.value_expr);
                each.cond.iter().for_each(|condition| self.expression(&condition.expr));
            }
            Expression::Traversal(traversal) => {
                self.line("traversal", span);
                self.expression(&traversal.expr);
                for step in &traversal.operators {
                    match step.value() {
                        TraversalOperator::AttrSplat(_) => self.out.push_str("splat .*\n"),
                        TraversalOperator::FullSplat(_) => self.out.push_str("splat [*]\n"),
                        TraversalOperator::GetAttr(name) => self.line("attribute", name.span()),
                        TraversalOperator::LegacyIndex(number) => self.line("legacy", number.span()),
                        TraversalOperator::Index(index) => {
                            self.out.push_str("index\n");
                            self.expression(index);
                        }
                    }
                }
            }
        }
    }

    fn template<'a>(&mut self, parts: impl Iterator<Item = &'a Element>) {
        for part in parts {
            match part {
                Element::Literal(_) => {}
                Element::Interpolation(interpolation) => {
                    self.line("interpolation", interpolation.span());
                    self.expression(&interpolation.expr);
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(condition) => {
                        self.line("if", condition.span());
                        self.expression(&condition.if_expr.cond_expr);
                        for branch in [&condition.if_expr.template].into_iter().chain(condition.else_expr.iter().map(|part| &part.template))
                        {
                            self.out.push_str("branch\n");
                            self.parts(branch);
                        }
                        self.out.push_str("endif\n");
                    }
                    Directive::For(each) => {
                        self.line("for", each.span());
                        for name in each.for_expr.key_var.iter().chain([&each.for_expr.value_var]) {
                            self.line("name", name.span());
                        }
                        self.expression(&each.for_expr.collection_expr);
                        self.parts(&each.for_expr.template);
                        self.out.push_str("endfor\n");
                    }
                },
            }
        }
    }

    fn parts(&mut self, template: &Template) {
        self.template(template.into_iter());
    }
}

fn written(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Eq => "==",
        BinaryOperator::NotEq => "!=",
        BinaryOperator::LessEq => "<=",
        BinaryOperator::GreaterEq => ">=",
        BinaryOperator::Less => "<",
        BinaryOperator::Greater => ">",
        BinaryOperator::Plus => "+",
        BinaryOperator::Minus => "-",
        BinaryOperator::Mul => "*",
        BinaryOperator::Div => "/",
        BinaryOperator::Mod => "%",
        BinaryOperator::And => "&&",
        BinaryOperator::Or => "||",
    }
}

#[test]
fn constructs_have_one_shape() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance/hcl-constructs.jsonl");
    let text = fs::read_to_string(path).expect("the constructs are there");
    let (mut compared, mut differ) = (0, Vec::new());
    for line in text.lines() {
        let construct: Value = serde_json::from_str(line).expect("each line is JSON");
        let (Some(id), Some(text)) = (construct["id"].as_str(), construct["src"].as_str()) else { continue };
        let Some((ours, theirs)) = shapes(text) else { continue };
        compared += 1;
        if ours != theirs {
            differ.push(id.to_owned());
        }
    }
    assert_eq!(differ, READ_OTHERWISE.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert!(compared >= 100, "only {compared} constructs were accepted by both");
}

#[test]
fn configurations_have_one_shape() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = WalkDir::new(root).into_iter().map(|entry| entry.expect("readable").into_path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "tf"));
    let compared = files.filter(|path| fs::read_to_string(path).is_ok_and(|text| compare(&text))).count();
    assert!(compared >= 30, "only {compared} files were accepted by both");
}

/// Expressions of every kind, and blanks around operators.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof!["[a-z]{1,3}", "[1-9][0-9]{0,2}(\\.[0-9])?", Just("true".to_owned()), Just("null".to_owned()), "\"[a-z]{0,4}\""];
    let name = "[a-z]{1,3}".prop_filter("no word with a meaning", |name| !["for", "in", "if", "true", "null"].contains(&name.as_str()));
    let leaf = leaf.prop_filter("no word with a meaning", |text| !["for", "in", "if"].contains(&text.as_str()));
    leaf.prop_recursive(5, 40, 3, move |inner| {
        let name = name.clone();
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"]);
        let blank = prop::sample::select(vec!["", " ", "  "]);
        prop_oneof![
            4 => (inner.clone(), blank, operator, inner.clone()).prop_map(|(a, blank, operator, b)| format!("{a}{blank}{operator} {b}")),
            2 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
            1 => inner.clone().prop_map(|a| format!("({a})")),
            1 => inner.clone().prop_map(|a| format!("!{a}")),
            1 => (name.clone(), inner.clone(), inner.clone()).prop_map(|(f, a, b)| format!("{f}({a}, {b})")),
            1 => (name.clone(), inner.clone()).prop_map(|(f, a)| format!("{f}({a}...)")),
            1 => (name.clone(), name.clone()).prop_map(|(a, b)| format!("{a}.{b}")),
            1 => (name.clone(), inner.clone(), name.clone()).prop_map(|(a, b, c)| format!("{a}[{b}].{c}")),
            1 => (name.clone(), name.clone()).prop_map(|(a, b)| format!("{a}[*].{b}[0]")),
            1 => (name.clone(), name.clone()).prop_map(|(a, b)| format!("{a}.*.{b}[0]")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            1 => (name.clone(), inner.clone(), inner.clone()).prop_map(|(k, a, b)| format!("{{ {k} = {a}, ({k}) = {b} }}")),
            1 => (name.clone(), inner.clone(), inner.clone()).prop_map(|(v, a, b)| format!("[for {v} in {a} : {b}]")),
            1 => (name.clone(), inner.clone(), inner.clone(), inner.clone()).prop_map(|(v, a, b, c)| format!("{{for k, {v} in {a} : {b} => {c}... if {v}}}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("\"x${{{a}}}y${{{b}}}\"")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("\"%{{ if {a} }}y${{{b}}}%{{ else }}n%{{ endif }}\"")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_expression_has_one_shape(expression in expressions()) {
        compare(&format!("block \"a\" b {{\n  value = {expression}\n}}\n"));
    }
}
