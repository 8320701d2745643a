use taglint::syntax::{NodeId, Tree};

/// Every child lies in its parent, siblings stand in order, and every place is between characters.
pub fn assert_nested(tree: &Tree) {
    let text = tree.text();
    for (at, node) in tree.nodes().iter().enumerate() {
        assert!(node.start <= node.end && node.end as usize <= text.len() && tree.first(NodeId(at as u32)).0 as usize <= at);
        assert!(text.is_char_boundary(node.start as usize) && text.is_char_boundary(node.end as usize));
        let mut last = node.start;
        for child in tree.children(NodeId(at as u32)) {
            let child = tree.node(child);
            assert!(last <= child.start && child.end <= node.end);
            last = child.end;
        }
    }
    for problem in tree.problems() {
        assert!(text.get(problem.start as usize..problem.end as usize).is_some());
    }
}
