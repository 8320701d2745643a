//! The layers of docs/architecture.md: each module may use only those before it.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// In order; what stands together in one string may use each other.
const LAYERS: &[&[&str]] = &[
    &["source"],
    &["origin"],
    &["text"],
    &["fix"],
    &["finding"],
    &["mask"],
    &["facts"],
    &["config"],
    &["syntax"],
    &["value"],
    &["project"],
    &["terraform"],
    &["subject"],
    &["rule"],
    &["rules"],
    &["fingerprint"],
    &["baseline"],
    &["suppression"],
    &["analysis"],
    &["repair"],
    &["report"],
];

fn layer(name: &str) -> usize {
    LAYERS.iter().position(|layer| layer.contains(&name)).unwrap_or_else(|| panic!("src/{name} is in no layer"))
}

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Names of top-level modules after `crate::`, from `use` lists and from paths in code; tests are left out.
fn used(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    for part in code.split("crate::").skip(1) {
        let list = match part.strip_prefix('{') {
            Some(list) => top_level_names(list),
            None => vec![part],
        };
        for item in list {
            let name: String = item.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

/// The items of a braced list, without looking into inner braces.
fn top_level_names(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => {
                items.push(&list[start..at]);
                break;
            }
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

#[test]
fn data_only_moves_right() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&source).expect("below").to_string_lossy().replace('\\', "/");
        let top = name.split('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        if top == "bin" || top == "lib" {
            continue;
        }
        let own = layer(&top);
        for other in used(&fs::read_to_string(&file).expect("readable")) {
            if LAYERS.iter().any(|layer| layer.contains(&other.as_str())) && layer(&other) > own {
                wrong.push(format!("src/{name} uses crate::{other}, which comes after {top}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_loader_reads_files() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    for file in files {
        let name = file.strip_prefix(&source).expect("below").to_string_lossy().replace('\\', "/");
        let may = name.starts_with("bin/") || name.starts_with("project/load/") || name == "project/walk.rs";
        let text = fs::read_to_string(&file).expect("readable");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for word in ["std::fs", "std::env", "std::time", "std::net", "SystemTime", "Instant::now"] {
            assert!(may || !code.contains(word), "src/{name} uses {word}");
        }
    }
}

#[test]
fn no_file_is_longer_than_a_person_can_hold() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//")).count();
        assert!(lines <= 500, "{} has {lines} lines of code", file.display());
    }
}
