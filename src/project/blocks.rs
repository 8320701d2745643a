//! The blocks of a module: in the order of files and lines, and found by their labels.

use std::ops::Deref;

/// What has one label or two.
pub trait Labelled {
    /// The labels; the second is empty where there is one.
    fn labels(&self) -> (&str, &str);
}

/// Blocks of one kind.
#[derive(Debug)]
pub struct Blocks<T> {
    list: Vec<T>,
    /// The places of the first blocks, sorted by labels; the others are looked through.
    sorted: Vec<u32>,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { list: Vec::new(), sorted: Vec::new() }
    }
}

impl<T> Deref for Blocks<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

impl<T: Labelled> Blocks<T> {
    /// So many are looked through faster than they are sorted. Most modules have no more.
    const FEW: usize = 16;

    pub(super) fn push(&mut self, block: T) {
        self.list.push(block);
    }

    pub(super) fn reserve_exact(&mut self, more: usize) {
        self.list.reserve_exact(more);
    }

    /// The files are read: what is there is found by its labels, however much it is.
    pub(super) fn settle(&mut self) {
        if self.list.len() - self.sorted.len() > Self::FEW {
            self.sorted = (0..self.list.len() as u32).collect();
            self.sorted.sort_by_key(|at| self.list[*at as usize].labels());
        }
    }

    fn place(&self, labels: (&str, &str)) -> Option<usize> {
        let of = |at: u32| self.list[at as usize].labels();
        let first = self.sorted.partition_point(|at| of(*at) < labels);
        let found = self.sorted.get(first).filter(|at| of(**at) == labels).map(|at| *at as usize);
        found.or_else(|| {
            let from = self.sorted.len();
            self.list[from..].iter().position(|block| block.labels() == labels).map(|at| from + at)
        })
    }

    /// The first block that has these labels.
    #[must_use]
    pub fn find(&self, labels: (&str, &str)) -> Option<&T> {
        self.place(labels).map(|at| &self.list[at])
    }

    pub(super) fn find_mut(&mut self, labels: (&str, &str)) -> Option<&mut T> {
        self.place(labels).map(|at| &mut self.list[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Labelled for (String, usize) {
        fn labels(&self) -> (&str, &str) {
            (&self.0, "")
        }
    }

    /// Of many, of few, and of those that came after the rest was settled.
    #[test]
    fn the_first_with_its_labels_is_found() {
        let mut blocks = Blocks::default();
        let name = |at: usize| format!("n{}", at * 7 % 31);
        for at in 0..50 {
            blocks.push((name(at), at));
            if at == 40 {
                blocks.settle();
            }
            let found = |wanted: usize| blocks.find((&name(wanted), "")).map(|block| block.1);
            assert!((0..=at).all(|wanted| found(wanted) == Some(wanted % 31)));
            assert_eq!(blocks.find(("n", "")), None);
        }
    }
}
