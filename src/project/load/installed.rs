//! Modules that `terraform init` has put into the tree.

use std::{collections::BTreeMap, fs};

use super::Loading;
use crate::{project::LocalCall, syntax::view::join};

/// The file in which `terraform init` writes where modules are, relative to a root module.
const MANIFEST: &str = ".terraform/modules/modules.json";

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    #[serde(default)]
    modules: Vec<Installed>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Installed {
    #[serde(default)]
    key: String,
    #[serde(default)]
    dir: String,
}

impl Loading<'_> {
    /// Finds what is installed for the loaded modules, and takes it for called.
    pub(super) fn add_installed(&mut self) {
        let mut installed = BTreeMap::new();
        for root in self.initialised.intersection(&self.whole) {
            let Ok(bytes) = fs::read(self.walk.root.join(root).join(MANIFEST)) else { continue };
            let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else { continue };
            for Installed { key, dir } in manifest.modules {
                let relative = format!("./{}", dir.replace('\\', "/"));
                if let Some(place) = join(root, &relative).filter(|_| !key.is_empty() && dir != ".") {
                    self.calls.insert(LocalCall { from: root.clone(), to: place.clone() });
                    installed.insert((root.clone(), key), place);
                }
            }
        }
        self.project.installed = installed;
    }
}
