//! What is left of a template: joining its texts, and asking what is still in it.
//! Decides nothing about variables.

use super::{Flow, Loop, Node, Terms, constant};

/// Appends a node; text is joined to the text before it.
pub(super) fn push(out: &mut Vec<Node>, node: Node) {
    match (out.last_mut(), node) {
        (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
        (_, Node::Text(text)) if text.is_empty() => {}
        (_, node) => out.push(node),
    }
}

/// Appends nodes.
pub(super) fn append(out: &mut Vec<Node>, nodes: impl IntoIterator<Item = Node>) {
    for node in nodes {
        push(out, node);
    }
}

/// Takes the jump away that ends the nodes, if it is what they ended with.
pub(super) fn take_jump(nodes: &mut Vec<Node>, flow: Flow) -> Option<Node> {
    if flow == Flow::Next {
        return None;
    }
    nodes.pop_if(|node| matches!(node, Node::Break | Node::Continue))
}

/// The text of nodes that are nothing but text, before and after it was escaped.
pub(super) fn settled(nodes: &[Node], terms: &Terms) -> Option<(String, String)> {
    let (mut plain, mut ready) = (String::new(), String::new());
    for node in nodes {
        if let Node::Text(text) = node {
            plain.push_str(text);
            ready.push_str(text);
        } else if let Node::Output { pipe, raw } = node
            && pipe.calls.is_empty()
        {
            let value = constant(&pipe.value)?;
            plain.push_str(&value.to_output());
            ready.push_str(&terms.written_form(&value, *raw));
        } else {
            return None;
        }
    }
    Some((plain, ready))
}

/// The blocks within a node. The bodies of loops are marked: a jump in them goes no further.
fn blocks(node: &Node) -> Vec<(&[Node], bool)> {
    match node {
        Node::Capture { body, .. } | Node::IfChanged(body) => vec![(body, false)],
        Node::If {
            branches,
            otherwise,
        } => {
            let bodies = branches
                .iter()
                .map(|branch| (branch.body.as_slice(), false));
            bodies.chain([(otherwise.as_slice(), false)]).collect()
        }
        Node::Case { arms, .. } => {
            let bodies = arms.iter().map(|arm| (arm.body.as_slice(), false));
            bodies.collect()
        }
        Node::For(each) | Node::TableRow(each) => {
            vec![(&each.body, true), (&each.otherwise, false)]
        }
        Node::Turns(turns) => {
            let bodies = turns.bodies.iter().map(|body| (body.as_slice(), true));
            bodies.collect()
        }
        Node::Text(_)
        | Node::Output { .. }
        | Node::Assign { .. }
        | Node::Cycle { .. }
        | Node::Increment(_)
        | Node::Decrement(_)
        | Node::Break
        | Node::Continue
        | Node::Fail { .. } => Vec::new(),
    }
}

/// Whether a `break` or `continue` in these nodes may leave them.
pub(super) fn jumps(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| {
        let mut blocks = blocks(node).into_iter();
        matches!(node, Node::Break | Node::Continue)
            || blocks.any(|(body, is_loop)| !is_loop && jumps(body))
    })
}

/// Whether a `for` is left in these nodes.
pub(super) fn has_loop(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| {
        let mut blocks = blocks(node).into_iter();
        matches!(node, Node::For(_) | Node::Turns(_)) || blocks.any(|(body, _)| has_loop(body))
    })
}

/// Shows every loop.
pub(super) fn each_loop<'a>(nodes: &'a [Node], show: &mut dyn FnMut(&'a Loop)) {
    for node in nodes {
        if let Node::For(each) | Node::TableRow(each) = node {
            show(each);
        }
        for (body, _) in blocks(node) {
            each_loop(body, show);
        }
    }
}
