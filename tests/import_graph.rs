//! Which file of `src` uses which: every `use` and every written path, re-exports resolved to the
//! file that defines the item.

use crate::source_tree::File;
use std::collections::HashMap;

/// One leaf of a `use`.
struct Import {
    line: usize,
    /// True with `pub`, in any form: a re-export.
    exported: bool,
    path: Vec<String>,
    /// Name under which it is known here.
    name: String,
}

/// One file as a module.
struct Module {
    file: String,
    gathers: bool,
    imports: Vec<Import>,
    /// Paths that stand in code, from `crate` or `super` on.
    written: Vec<(usize, Vec<String>)>,
}

/// The modules of a crate.
pub(crate) struct Graph {
    modules: HashMap<Vec<String>, Module>,
}

/// One file that uses another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) line: usize,
    pub(crate) to: String,
}

impl Graph {
    pub(crate) fn of(files: &[File]) -> Graph {
        let modules = files.iter().filter_map(|file| Some((file.module()?, Module::read(file))));
        Graph { modules: modules.collect() }
    }

    /// The path from the crate's root; `None` where it leads to another crate.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut base = module.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => return Some(rest[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {}
            first => {
                base.push(first.to_owned());
                let child = self.modules.contains_key(&base);
                return child.then(|| [module, path].concat());
            }
        }
        while rest.first().is_some_and(|first| first == "super") {
            base.pop()?;
            rest = &rest[1..];
        }
        Some([base.as_slice(), rest].concat())
    }

    /// The longest module that a path names, and the rest of the path.
    fn named<'a>(&self, path: &'a [String]) -> (&'a [String], &'a [String]) {
        let length = (0..=path.len())
            .rev()
            .find(|&length| self.modules.contains_key(&path[..length]))
            .expect("the crate itself is a module");
        path.split_at(length)
    }

    /// The module that defines the item of a path: re-exports are followed.
    fn home(&self, path: &[String]) -> Vec<String> {
        let mut path = path.to_vec();
        // a chain of re-exports is no longer than the folders are deep
        for _ in 0..10 {
            let (module, rest) = self.named(&path);
            let Some(item) = rest.first() else { break };
            let found = self.modules[module].imports.iter().find(|import| import.name == *item);
            let Some(next) = found.and_then(|import| self.absolute(module, &import.path)) else {
                break;
            };
            let next = [next.as_slice(), &rest[1..]].concat();
            if next == path {
                break;
            }
            path = next;
        }
        self.named(&path).0.to_vec()
    }

    /// Every use of one file by another. A file that gathers a folder is no user of the folder.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (path, module) in &self.modules {
            let imports = module.imports.iter().map(|import| (import.line, &import.path));
            let written = module.written.iter().map(|(line, path)| (*line, path));
            for (line, used) in imports.chain(written) {
                let Some(used) = self.absolute(path, used) else { continue };
                let home = self.home(&used);
                if home != *path && !(module.gathers && home.starts_with(path)) {
                    let to = self.modules[&home].file.clone();
                    edges.push(Edge { from: module.file.clone(), line, to });
                }
            }
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// Sets of files that use each other, directly or by way of others.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let mut next: HashMap<String, Vec<String>> = HashMap::new();
        for edge in self.edges() {
            next.entry(edge.from).or_default().push(edge.to);
        }
        let mut names: Vec<&String> = next.keys().collect();
        names.sort_unstable();
        let mut search = Search {
            next: &next,
            index: HashMap::new(),
            low: HashMap::new(),
            open: Vec::new(),
            circles: Vec::new(),
        };
        for name in names {
            if !search.index.contains_key(name.as_str()) {
                search.visit(name);
            }
        }
        search.circles.sort_unstable();
        search.circles
    }

    /// Names that a file takes through the `mod.rs` of a folder that it stands in, or of another
    /// folder of its own room, in place of the file that defines them.
    pub(crate) fn detours(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (path, module) in self.modules.iter().filter(|(_, module)| !module.gathers) {
            for import in &module.imports {
                let Some(used) = self.absolute(path, &import.path) else { continue };
                let (through, rest) = self.named(&used);
                let same_room = !through.is_empty() && through[0] == path[0];
                if same_room && !rest.is_empty() && self.home(&used) != through {
                    let name = import.path.join("::");
                    found.push(format!("{}:{}: {name}", module.file, import.line));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// Re-exports of everything: they hide the file that defines a name.
    pub(crate) fn globs(&self) -> Vec<String> {
        let exported = |import: &&Import| import.exported && import.name == "*";
        self.modules
            .values()
            .flat_map(|module| module.imports.iter().filter(exported).map(|_| module.file.clone()))
            .collect()
    }
}

/// Tarjan's search for strongly connected components.
struct Search<'a> {
    next: &'a HashMap<String, Vec<String>>,
    index: HashMap<&'a str, usize>,
    low: HashMap<&'a str, usize>,
    open: Vec<&'a str>,
    circles: Vec<Vec<String>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, at: &'a str) {
        let number = self.index.len();
        self.index.insert(at, number);
        self.low.insert(at, number);
        self.open.push(at);
        let all = self.next;
        for to in all.get(at).into_iter().flatten() {
            if !self.index.contains_key(to.as_str()) {
                self.visit(to);
            } else if !self.open.contains(&to.as_str()) {
                continue;
            }
            let low = self.low[at].min(self.low[to.as_str()]);
            self.low.insert(at, low);
        }
        if self.low[at] == number {
            let from = self.open.iter().position(|&open| open == at).expect("it is open");
            let mut circle: Vec<String> = self.open.drain(from..).map(str::to_owned).collect();
            if circle.len() > 1 {
                circle.sort_unstable();
                self.circles.push(circle);
            }
        }
    }
}

impl Module {
    fn read(file: &File) -> Module {
        let lines = file.lines_outside_tests();
        // one text, so that a statement may span lines
        let text: String = lines.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
        let line_of = |at: usize| lines[text[..at].matches('\n').count()].0;
        let (mut imports, mut statements) = (Vec::new(), Vec::new());
        for (at, _) in text.match_indices("use ") {
            let before = text[..at].trim_end();
            let exported = before.ends_with("pub") || before.ends_with(')');
            if !exported && !before.is_empty() && !before.ends_with([';', '{', '}', ']']) {
                continue;
            }
            let end = at + text[at..].find(';').unwrap_or(text.len() - at);
            statements.push(at..end);
            for (path, name) in leaves(&text[at + 4..end]) {
                imports.push(Import { line: line_of(at), exported, path, name });
            }
        }
        let mut written = Vec::new();
        for (at, _) in text.match_indices("crate::").chain(text.match_indices("super::")) {
            let inside = text[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            if inside || statements.iter().any(|statement| statement.contains(&at)) {
                continue;
            }
            let end = text[at..].find(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
            let path = &text[at..at + end.unwrap_or(text.len() - at)];
            let path = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned);
            written.push((line_of(at), path.collect()));
        }
        Module { file: file.path.clone(), gathers: file.is_gathering(), imports, written }
    }
}

/// The paths of a `use` with their names: `a::{b, c::{d, e as f}}` is a::b, a::c::d and a::c::e.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let parts = |path: &str| -> Vec<String> {
        path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let Some((prefix, list)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(p, a)| (p, Some(a)));
        let mut path = parts(path);
        if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
            path.pop();
        }
        let name = alias.map(|alias| alias.trim().to_owned()).or_else(|| path.last().cloned());
        return name.map(|name| (path, name)).into_iter().collect();
    };
    let prefix = parts(prefix);
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, c) in list.char_indices().chain([(list.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 || at == list.len() => {
                for (path, name) in leaves(&list[from..at]) {
                    let path = [prefix.as_slice(), &path].concat();
                    // `self` in a list is the prefix itself
                    let alone = path.last().is_some_and(|last| last == "self");
                    found.push(if alone {
                        (prefix.clone(), prefix.last().cloned().unwrap_or(name))
                    } else {
                        (path, name)
                    });
                }
                from = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn graph(files: &[(&str, &str)]) -> Graph {
    let files: Vec<File> = files.iter().map(|(path, text)| File::new(path, text)).collect();
    Graph::of(&files)
}

#[test]
fn a_circle_behind_re_exports_is_found() {
    let found = graph(&[
        ("src/lib.rs", "pub mod a;\npub mod b;\npub use a::Plan;\n"),
        ("src/a/mod.rs", "mod plan;\nmod run;\npub use plan::Plan;\npub use run::Run as Runner;\n"),
        ("src/a/plan.rs", "use crate::b::deep::Thing;\npub struct Plan;\n"),
        ("src/a/run.rs", "fn f() { super::super::b::deep::go(); }\npub struct Run;\n"),
        ("src/b/mod.rs", "pub mod deep;\n"),
        ("src/b/deep.rs", "use crate::{Plan, units};\nuse crate::a::Runner;\npub struct Thing;\n"),
    ]);
    assert_eq!(found.circles(), [["src/a/plan.rs", "src/a/run.rs", "src/b/deep.rs"]]);
    let edge = |from: &str, line, to: &str| Edge { from: from.into(), line, to: to.into() };
    assert_eq!(
        found.edges(),
        [
            edge("src/a/plan.rs", 1, "src/b/deep.rs"),
            edge("src/a/run.rs", 1, "src/b/deep.rs"),
            edge("src/b/deep.rs", 1, "src/a/plan.rs"),
            edge("src/b/deep.rs", 1, "src/lib.rs"),
            edge("src/b/deep.rs", 2, "src/a/run.rs"),
        ]
    );
}

#[test]
fn tests_comments_quotes_and_other_crates_are_no_uses() {
    let found = graph(&[
        ("src/lib.rs", "mod a;\nmod b;\n"),
        (
            "src/a.rs",
            "use std::b::C;\n// use crate::b::D;\nconst T: &str = \"use crate::b::E;\";\n#[cfg(test)]\nmod tests {\n    use crate::b;\n}\n",
        ),
        ("src/b.rs", "use crate::a;\nuse super::a::{self as other, X};\n"),
    ]);
    assert!(found.circles().is_empty());
    assert!(found.edges().iter().all(|edge| edge.from == "src/b.rs" && edge.to == "src/a.rs"));
}

#[test]
fn a_name_taken_through_a_folder_of_its_own_room_is_a_detour() {
    let found = graph(&[
        ("src/lib.rs", "mod a;\n"),
        ("src/a/mod.rs", "mod x;\nmod y;\npub use x::{X, f};\n"),
        ("src/a/x.rs", "pub struct X;\npub fn f() {}\n"),
        ("src/a/y.rs", "use super::X;\nuse super::x::f;\nuse super::x;\n"),
    ]);
    assert_eq!(found.detours(), ["src/a/y.rs:1: super::X"]);
    assert!(found.globs().is_empty());
    assert_eq!(graph(&[("src/lib.rs", "pub use crate::*;\n")]).globs(), ["src/lib.rs"]);
}

#[test]
fn leaves_of_a_use_are_whole_paths() {
    let found: Vec<(String, String)> = leaves("a::{self, b, c::{d, e as f}, g}")
        .into_iter()
        .map(|(path, name)| (path.join("::"), name))
        .collect();
    let expected = [("a", "a"), ("a::b", "b"), ("a::c::d", "d"), ("a::c::e", "f"), ("a::g", "g")];
    assert_eq!(found, expected.map(|(path, name)| (path.to_owned(), name.to_owned())));
}
