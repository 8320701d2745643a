//! Values for variables from outside: files, flags, the environment.

use std::{ffi::OsString, path::PathBuf, sync::Arc};

use super::{
    LoadError, Loading, locate,
    select::{Wanted, Wish},
};
use crate::{
    project::{Document, Role, inputs::GivenKind, walk::shown},
    source::{Source, SourceId},
};

/// Something that gives values to variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variables {
    /// A file of values.
    File(PathBuf),
    /// A variable of the environment: a name and its value.
    Environment(String, String),
    /// A flag: a name and its value.
    Flag(String, String),
}

impl Loading<'_> {
    /// Reads what gives values to variables; under which paths it is loaded.
    pub(super) fn add_variables(&mut self) -> Result<Vec<(OsString, GivenKind)>, LoadError> {
        let mut given = Vec::new();
        for variables in &self.settings.variables {
            let (name, value, kind) = match variables {
                Variables::File(path) => {
                    let place = locate(path)?;
                    if !place.is_file() {
                        return Err(LoadError::NoSuchPath { path: path.clone() });
                    }
                    if !place.starts_with(self.walk.root) {
                        return Err(LoadError::Outside { path: path.clone(), root: self.walk.root.to_path_buf() });
                    }
                    let role = if path.extension().is_some_and(|end| end == "json") { Role::VariablesJson } else { Role::Variables };
                    let wanted = Wanted { shown: shown(self.walk.root, &place), role: Some(role), wish: Wish::Needed };
                    let key = place.into_os_string();
                    if !self.loaded.contains_key(&key) {
                        self.read([(key.clone(), wanted)].into_iter().collect());
                    }
                    given.push((key, GivenKind::File));
                    continue;
                }
                Variables::Environment(name, value) => (name, value, GivenKind::Environment),
                Variables::Flag(name, value) => (name, value, GivenKind::Flag),
            };
            let name_shown = if kind == GivenKind::Flag { format!("--var {name}") } else { format!("TF_VAR_{name}") };
            let source = Arc::new(Source::new(SourceId(0), name_shown.as_str(), format!("{name} = {value}").into_bytes()));
            let document = Document::parse(Role::Variables, &source);
            // A later flag for the same variable takes the place of an earlier one.
            let key = OsString::from(&name_shown);
            self.loaded.insert(
                key.clone(),
                Box::new((Wanted { shown: name_shown, role: Some(Role::Variables), wish: Wish::Needed }, source, document)),
            );
            given.push((key, kind));
        }
        Ok(given)
    }
}
