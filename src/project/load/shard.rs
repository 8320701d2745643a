//! Part I of N: which directories one of several workers checks.

use std::{fmt, str::FromStr};

/// One of several workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    index: u64,
    count: u64,
}

/// One of several workers, for one tree of perhaps many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardOfTree {
    shard: Shard,
    tree: String,
}

/// A text that names no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted a part and how many there are, from `1/N` to `N/N`")]
pub struct NoShard;

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let (index, count) = text.split_once('/').ok_or(NoShard)?;
        let (index, count): (u64, u64) = (index.parse().map_err(|_| NoShard)?, count.parse().map_err(|_| NoShard)?);
        if (1..=count).contains(&index) { Ok(Self { index: index - 1, count }) } else { Err(NoShard) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl Shard {
    /// The part of one tree. Its name, which must be the same for all workers, spreads the top directories of many trees.
    #[must_use]
    pub fn of_tree(self, tree: &str) -> ShardOfTree {
        ShardOfTree { shard: self, tree: tree.to_owned() }
    }
}

impl ShardOfTree {
    /// Whether a directory, relative to the tree, is in this part.
    #[must_use]
    pub fn has(&self, directory: &str) -> bool {
        // FNV-1a: the same on every machine and in every release.
        let bytes = self.tree.bytes().chain([b'/']).chain(directory.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        // The lower bits of the hash depend on the lower bits of the bytes alone.
        (hash ^ (hash >> 32)) % self.shard.count == self.shard.index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directory_is_in_one_part() {
        let parts: Vec<ShardOfTree> = (1..=7).map(|part| format!("{part}/7").parse::<Shard>().expect("a shard").of_tree("repo")).collect();
        let mut sizes = [0; 7];
        for n in 0..7000 {
            let directory = format!("envs/{n}");
            let owners: Vec<usize> = (0..7).filter(|part| parts[*part].has(&directory)).collect();
            assert_eq!(owners.len(), 1, "{directory}");
            sizes[owners[0]] += 1;
        }
        assert!(sizes.iter().all(|size| (800..1200).contains(size)), "{sizes:?}");
    }

    #[test]
    fn a_shard_is_a_part_of_a_number() {
        assert_eq!("2/3".parse::<Shard>().map(|shard| shard.to_string()), Ok("2/3".to_owned()));
        for text in ["0/3", "4/3", "1", "a/b", "-1/3", "1/0"] {
            assert_eq!(text.parse::<Shard>(), Err(NoShard), "{text}");
        }
    }
}
